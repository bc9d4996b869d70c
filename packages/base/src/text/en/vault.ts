import type { vault as vi } from '../vi/vault.ts'

export const vault: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  noOrder: {
    message: 'There is no order {orderId} for this box.',
    hint: 'A box may only send files for its own orders; look at the order at the centre.'
  },
  orderEnded: {
    message: 'The order {orderId} has ended ({state}) and takes no more files.',
    hint: 'Request the clip again if it is still needed.'
  },
  alreadyReceived: {
    message: 'The centre has everything of this order.',
    hint: 'Ask for the receipt instead of sending the files again.'
  },
  noUpload: { message: 'There is no upload {uploadId}.', hint: 'Begin the upload of this file again.' },
  nameNotStated: {
    message: 'The order brings no file {name}.',
    hint: 'Send only the statement, its seal, and the originals that the statement names.'
  },
  statementFirst: {
    message: 'There is no verified statement yet, so no original is taken.',
    hint: 'Send the statement, then its seal, first.'
  },
  lengthDiffers: {
    message: 'The length of {name} differs from the statement ({stated} bytes).',
    hint: 'Send the very file that was stated, or make the statement again.'
  },
  tooLong: { message: 'The file is longer than {most} bytes.', hint: 'Ask for a shorter range.' },
  wrongOffset: {
    message: 'The offset {offset} is not the {size} bytes that are stored.',
    hint: 'Ask for the offset, and go on from there.'
  },
  badRequest: {
    message: 'The upload request is wrong: {field}.',
    hint: 'Update the software of the box; no user can cause this.'
  },
  quota: {
    message: 'The box has {count} uploads under way ({bytes} bytes), which is its quota.',
    hint: 'Wait for those to end; the box tries again by itself.'
  },
  noRoom: {
    message: 'The evidence store of the centre is almost full.',
    hint: 'Give it more space; the box keeps its originals and sends them again by itself.'
  },
  incomplete: {
    message: '{missing} files are missing, {first} first.',
    hint: 'Send the missing files, then report completion again.'
  },
  digestDiffers: {
    message: 'The bytes received are not those that were stated: wanted {expected}, found {found}.',
    hint: 'Send the file again; if it happens again, check the disk of the box.'
  },
  foreignSigner: {
    message: 'The statement of order {orderId} was not signed by this box.',
    hint: 'Check the certificates of the box; do not use these data.'
  },
  statementShape: {
    message: 'The statement of the box does not have the right shape: {reason}',
    hint: 'Update the software of the box, then extract again.'
  },
  otherOrder: {
    message: 'The statement of the box is not about this order (field {field}).',
    hint: 'Extract again; if it happens again, tell the administrator.'
  },
  changedSinceRecording: {
    message: 'The file {name} has changed since it was recorded.',
    hint: 'Leave the box as it is and tell the administrator: an original was altered, or a disk fails.'
  },
  noPicture: {
    message: 'The file {name} is no JPEG picture.',
    hint: 'Take it again; if it happens again, check the box.'
  },
  noObject: {
    message: 'The evidence store has no object {sha256}.',
    hint: 'Restore the store from a backup, then run the check again.'
  },
  shorter: {
    message: 'The incoming file {id} is shorter than what was acknowledged.',
    hint: 'Check the disk of the store; the box sends the file again.'
  },
  objectDamaged: {
    message: 'The object {sha256} has changed: its content has the digest {found}.',
    hint: 'Restore this object from a backup; hand out no package that contains it.'
  },
  objectMissing: {
    message: 'The store lacks the object {sha256}, which the database says is there.',
    hint: 'Restore the store from a backup.'
  },
  packageMissing: {
    message: 'The folder of the package {label} is missing.',
    hint: 'Restore the store from a backup, or build the package again from its objects.'
  },
  noFrames: {
    message: 'The originals of {label} show no frame of the range that was asked for.',
    hint: 'They are kept in the store; check the recorder of the box, then extract again.'
  },
  packageDamaged: {
    message: 'The package {label} in the store is no longer intact.',
    hint: 'Keep the folder for inspection, restore the store from a backup, and hand out none of it.'
  },
  packageFile: {
    message: 'Package {label}: the file {file} does not pass ({finding}).',
    hint: 'Verify the package to see everything; restore it from a backup.'
  },
  packageOther: {
    message: 'The package {label} is not the one that was sealed: its code differs from the book.',
    hint: 'Compare with the code in the hand-over record; restore it from a backup.'
  }
}
