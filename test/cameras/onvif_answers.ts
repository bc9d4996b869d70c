/**
 * What a well-behaved ONVIF device answers: our own templates, modelled on the answers of firmware in the field
 * (ONVIF Core 2.x and Media 1 over SOAP 1.2).
 */

export type OnvifStream = {
  token: string
  name?: string
  /** What GetStreamUri answers. */
  url: string
  encoding?: 'H264' | 'H265' | 'JPEG'
  width?: number
  height?: number
  fps?: number
  audio?: 'AAC' | 'G711'
  /** Fields that some firmware leaves out. */
  without?: 'rateControl' | 'bounds' | 'encoder'
}

export type OnvifIdentity = {
  manufacturer: string
  model: string
  firmware: string
  serial: string
  hardwareId: string
}

const escapeXml = (text: string) => text.replace(/[<>&"']/g, character => `&#${character.codePointAt(0)};`)

export const envelope = (body: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"' +
  ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"' +
  ` xmlns:ter="http://www.onvif.org/ver10/error"><s:Body>${body}</s:Body></s:Envelope>`

/** SOAP 1.2 fault; `xml:lang` on the reason is what makes a careless reader see an object. */
export const fault = (subcodes: string[], reason: string): string => {
  const nested = subcodes.reduceRight(
    (inner, code) => `<s:Subcode><s:Value>ter:${code}</s:Value>${inner}</s:Subcode>`,
    ''
  )
  return envelope(
    `<s:Fault><s:Code><s:Value>s:Sender</s:Value>${nested}</s:Code>` +
      `<s:Reason><s:Text xml:lang="en">${escapeXml(reason)}</s:Text></s:Reason></s:Fault>`
  )
}

const instant = (at: Date): string =>
  `<tt:Time><tt:Hour>${at.getUTCHours()}</tt:Hour><tt:Minute>${at.getUTCMinutes()}</tt:Minute>` +
  `<tt:Second>${at.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${at.getUTCFullYear()}</tt:Year>` +
  `<tt:Month>${at.getUTCMonth() + 1}</tt:Month><tt:Day>${at.getUTCDate()}</tt:Day></tt:Date>`

/** ONVIF Core, GetSystemDateAndTime (PRE_AUTH): whole seconds, UTC and local. */
export const systemDateAndTime = (utc: Date): string =>
  envelope(
    '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>' +
      '<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>ICT-7</tt:TZ></tt:TimeZone>' +
      `<tt:UTCDateTime>${instant(utc)}</tt:UTCDateTime>` +
      `<tt:LocalDateTime>${instant(new Date(utc.getTime() + 7 * 3600_000))}</tt:LocalDateTime>` +
      '</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>'
  )

export const capabilities = (device: string, media: string): string =>
  envelope(
    `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>${device}</tt:XAddr></tt:Device>` +
      `<tt:Media><tt:XAddr>${media}</tt:XAddr><tt:StreamingCapabilities><tt:RTPMulticast>false</tt:RTPMulticast>` +
      '<tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities></tt:Media>' +
      '</tds:Capabilities></tds:GetCapabilitiesResponse>'
  )

export const deviceInformation = (identity: OnvifIdentity): string =>
  envelope(
    `<tds:GetDeviceInformationResponse><tds:Manufacturer>${escapeXml(identity.manufacturer)}</tds:Manufacturer>` +
      `<tds:Model>${escapeXml(identity.model)}</tds:Model>` +
      `<tds:FirmwareVersion>${escapeXml(identity.firmware)}</tds:FirmwareVersion>` +
      `<tds:SerialNumber>${escapeXml(identity.serial)}</tds:SerialNumber>` +
      `<tds:HardwareId>${escapeXml(identity.hardwareId)}</tds:HardwareId></tds:GetDeviceInformationResponse>`
  )

const profile = (stream: OnvifStream, element: 'Profiles' | 'Profile'): string => {
  const { width = 640, height = 360, fps = 15, encoding = 'H264', without } = stream
  const token = escapeXml(stream.token)
  const bounds = without === 'bounds' ? '' : `<tt:Bounds x="0" y="0" width="${width}" height="${height}"/>`
  const rate = `<tt:RateControl><tt:FrameRateLimit>${fps}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>600</tt:BitrateLimit></tt:RateControl>`
  const encoder =
    `<tt:VideoEncoderConfiguration token="${token}_v"><tt:Name>v</tt:Name><tt:UseCount>1</tt:UseCount>` +
    `<tt:Encoding>${encoding}</tt:Encoding><tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>` +
    `<tt:Quality>5</tt:Quality>${without === 'rateControl' ? '' : rate}<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration>`
  const audio = stream.audio
    ? `<tt:AudioEncoderConfiguration token="${token}_a"><tt:Name>a</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>${stream.audio}</tt:Encoding><tt:Bitrate>48</tt:Bitrate><tt:SampleRate>8</tt:SampleRate><tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:AudioEncoderConfiguration>`
    : ''
  return (
    `<trt:${element} token="${token}" fixed="true"><tt:Name>${escapeXml(stream.name ?? stream.token)}</tt:Name>` +
    `<tt:VideoSourceConfiguration token="${token}_s"><tt:Name>s</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>s</tt:SourceToken>${bounds}</tt:VideoSourceConfiguration>` +
    `${without === 'encoder' ? '' : encoder}${audio}</trt:${element}>`
  )
}

export const profiles = (streams: OnvifStream[]): string =>
  envelope(
    `<trt:GetProfilesResponse>${streams.map(stream => profile(stream, 'Profiles')).join('')}</trt:GetProfilesResponse>`
  )

export const oneProfile = (stream: OnvifStream): string =>
  envelope(`<trt:GetProfileResponse>${profile(stream, 'Profile')}</trt:GetProfileResponse>`)

export const streamUri = (url: string): string =>
  envelope(
    `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>${escapeXml(url)}</tt:Uri>` +
      '<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>' +
      '<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>'
  )
