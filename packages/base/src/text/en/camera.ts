import type { camera as vi } from '../vi/camera.ts'

export const camera: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  badAddress: {
    message: 'Not a camera address: {address}',
    hint: 'Enter onvif://IP-address, http://IP-address/onvif/device_service or rtsp://IP-address/path.'
  },
  credentialInAddress: {
    message: 'The camera address carries a user name or password.',
    hint: 'Leave out what stands before the @; enter user name and password in their own fields.'
  },
  httpsAddress: {
    message: 'ONVIF over HTTPS is not supported yet.',
    hint: "Allow ONVIF over HTTP inside the camera's network, or enter the rtsp:// address of the stream."
  },
  unreachable: {
    message: 'Cannot connect to the camera {host}: {reason}',
    hint: 'Check power, cable, IP address and port of the camera, then try again.'
  },
  tooSlow: {
    message: 'The camera {host} did not finish its answer within {seconds} s.',
    hint: 'Check the link and the load of the camera; restart the camera if it hangs, then try again.'
  },
  cutOff: {
    message: 'The camera {host} cut the connection in the middle of its answer.',
    hint: 'Try again; if it happens again, check the cable, restart the camera or update its firmware.'
  },
  signInRefused: {
    message: 'The camera {host} refused the sign-in.',
    hint: 'Check user name and password; some cameras need an ONVIF account of their own, and the right time.'
  },
  tooLarge: {
    message: 'The answer of the camera {host} is too long.',
    hint: 'This device answers oddly; check that it is a camera, and update its firmware.'
  },
  tooDeep: {
    message: 'The answer of the camera {host} is XML nested too deeply.',
    hint: 'This device answers oddly; check that it is a camera, and update its firmware.'
  },
  tooMuchMemory: {
    message: 'Asking the camera used too much memory and was stopped.',
    hint: 'This device answers oddly; enter the rtsp:// address of the stream.'
  },
  notOnvif: {
    message: 'The device {host} does not answer as ONVIF says.',
    hint: "Switch ONVIF on in the camera's settings, check the port, or enter the rtsp:// address of the stream."
  },
  fault: {
    message: 'The camera {host} reports an error: {reason}',
    hint: 'Check the rights of the account on the camera and update its firmware, or enter the rtsp:// address.'
  },
  foreignAddress: {
    message: 'The camera {host} points to another address: {other}',
    hint: 'No password is sent to another host. Behind NAT, correct the address in the camera or enter rtsp://.'
  },
  noStreams: {
    message: 'The camera {host} has no usable stream. {reason}',
    hint: "Check that a stream is enabled on the camera and that the rtsp:// path is the maker's."
  },
  noSuchStream: {
    message: 'The camera {host} has no stream under this path.',
    hint: "Check the path after the IP address; each maker has its own, see the camera's manual."
  },
  clockNotTold: 'The camera does not tell its time.',
  streamNotNamed: 'The camera does not name the address of stream {token}.',
  streamElsewhere: 'Stream {token} lies on another host ({other}) and is not used.'
}
