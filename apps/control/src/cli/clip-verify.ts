import { readFile } from 'node:fs/promises'
import { MatthanError } from '@matthan/base/error'
import { sentenceOf } from '@matthan/base/text/say'
import { fromPem } from '@matthan/evidence/pem'
import { verifyBag } from '@matthan/evidence/verify'
import type { Command } from 'commander'
import { addCommand, type Cli, outputOf, type Shared, word } from './command.ts'

type Options = Shared & { ca: string; frames: boolean }

/** `clip verify FOLDER --ca FILE`: needs no centre, only the package and a root that came another way. */
export const addVerify = (clip: Command, cli: Cli): void => {
  addCommand(clip, 'verify <folder>', 'control.commandClipVerify')
    .requiredOption('--ca <file>', word('control.optCa'))
    .option('--frames', word('control.optFrames'), false)
    .action(async (folder: string, options: Options) => {
      const roots = fromPem(await readFile(options.ca, 'utf8'))
      const report = await verifyBag(folder, { roots, ...(options.frames ? { frames: cli.signal } : {}) })
      const output = outputOf(cli, options)
      output.answer(report, () =>
        report.ok
          ? [
              output.say('control.verifyFine', { folder }),
              ...output.facts([['control.colSealCode', report.tagManifestSha256 ?? '']])
            ]
          : report.findings.map(one => sentenceOf(output.language, one.key, one.params))
      )
      if (!report.ok) throw new MatthanError('verification', 'control.verifyFailed', { count: report.findings.length })
    })
}
