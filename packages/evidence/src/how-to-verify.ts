import { type Language, say, type TextKey } from '@matthan/base/text/say'
import { frameFilter } from '@matthan/media/framehash'
import type { EvidenceJson, Playable } from './evidence-json.ts'
import { layout } from './layout.ts'

/** One check: what it tells, and the commands for it. */
type Step = { about: TextKey; linux: string[]; windows: string[] }

const { manifest, tagManifest, seal, statement, statementSeal } = layout
const root = 'evidence-root.pem'
const openssl = (signature: string, content: string, sink: string): string =>
  `openssl cms -verify -binary -cades -inform DER -in ${signature} -content ${content} -CAfile ${root} -out ${sink}`

/** `a`/`b`: find everything but folders, so that links and devices are seen too; sorted as bytes. */
const extra = (found: string, listed: string): string =>
  `diff <(${found} | LC_ALL=C sort) <(cut -c67- ${listed} | LC_ALL=C sort)`

const steps: Step[] = [
  {
    about: 'evidence.howSealCode',
    linux: [`sha256sum ${tagManifest} ${seal}`],
    windows: [`Get-FileHash ${tagManifest}, ${seal}`, `certutil -hashfile ${tagManifest} SHA256`]
  },
  {
    about: 'evidence.howFiles',
    linux: [`sha256sum -c --strict --quiet ${tagManifest} && sha256sum -c --strict --quiet ${manifest}`],
    windows: [
      `Get-Content ${tagManifest}, ${manifest} | ForEach-Object { $h = $_.Substring(0, 64); $f = $_.Substring(66)`,
      '  if (-not (Test-Path -LiteralPath $f)) { "MISSING $f" }',
      '  elseif ((Get-FileHash -LiteralPath $f).Hash -ne $h) { "CHANGED $f" } }'
    ]
  },
  {
    about: 'evidence.howExtra',
    linux: [
      extra('find data ! -type d', manifest),
      extra(
        `find . ! -type d ! -path './data/*' ! -path './signatures/*' ! -path ./${tagManifest} | cut -c3-`,
        tagManifest
      )
    ],
    windows: [
      `$known = Get-Content ${manifest}, ${tagManifest} | ForEach-Object { $_.Substring(66) }`,
      'Get-ChildItem . -Recurse -File -Force | ForEach-Object {',
      '  $f = (Resolve-Path -LiteralPath $_.FullName -Relative).Substring(2).Replace("\\", "/")',
      `  if ($known -cnotcontains $f -and $f -notlike "signatures/*" -and $f -ne "${tagManifest}") { "EXTRA $f" } }`
    ]
  },
  {
    about: 'evidence.howSeal',
    linux: [openssl(seal, tagManifest, '/dev/null')],
    windows: [openssl(seal, tagManifest, 'NUL')]
  },
  {
    about: 'evidence.howStatement',
    linux: [
      openssl(statementSeal, statement, '/dev/null'),
      `grep ' ${layout.originals}' ${manifest} | while read -r h f; do grep -q "$h" ${statement} || echo "NOT STATED $f"; done`
    ],
    windows: [
      openssl(statementSeal, statement, 'NUL'),
      `$stated = Get-Content -Raw ${statement}`,
      `Get-Content ${manifest} | Where-Object { $_ -like "*  ${layout.originals}*" } | ForEach-Object {`,
      '  if (-not $stated.Contains($_.Substring(0, 64))) { "NOT STATED " + $_.Substring(66) } }'
    ]
  }
]

/** Where the frames of one playable copy stand in the lists of its originals, K and N filled in. */
const frameCommands = (playable: Playable[]): string[] =>
  playable.length === 0
    ? []
    : [
        `frames() { for f in "$@"; do ffmpeg -v error -nostdin -i "$f" -map 0:v -c copy $filter -f framehash -hash sha256 - | grep -v '^#' | sed 's/.*, *//'; done; }`,
        ...playable.map(({ path, codec, derivedFrom, firstLine, frames }) => {
          const bitstream = frameFilter(codec)
          const filter = bitstream ? `-bsf:v ${bitstream}` : ''
          return `filter='${filter}'; diff <(frames ${path}) <(frames ${derivedFrom.join(' ')} | tail -n +${firstLine} | head -n ${frames})`
        })
      ]

/** The checks as a script for bash, as VERIFY.txt has them: without a word where all is well, but for the seal code and openssl's own. */
export const linuxCommands = (evidence: EvidenceJson): string[] => [
  ...steps.flatMap(step => step.linux),
  ...frameCommands(evidence.playable)
]

const indented = (commands: string[]): string => commands.map(command => `    ${command}\n`).join('')

const section = (language: Language, evidence: EvidenceJson): string => {
  const part = (about: TextKey, linux: string[], windows: string[]): string =>
    `${say(language, about)}\n\n  Linux (bash)\n${indented(linux)}${
      windows.length > 0 ? `\n  Windows (PowerShell)\n${indented(windows)}` : ''
    }\n`
  return [
    `${say(language, 'evidence.howTitle', { id: evidence.evidenceId })}\n\n`,
    `${say(language, 'evidence.howIntroduction', { root })}\n\n`,
    ...steps.map((step, i) => `${i + 1}. ${part(step.about, step.linux, step.windows)}`),
    ...(evidence.playable.length > 0
      ? [`${steps.length + 1}. ${part('evidence.howFrames', frameCommands(evidence.playable), [])}`]
      : []),
    `${say(language, 'evidence.howExpired')}\n\n    … -attime $(date -u -d '2026-11-24 07:02:00' +%s)\n\n`,
    `${say(language, 'evidence.howFlips')}\n\n`,
    `${say(language, 'evidence.howLimits')}\n${evidence.limits[language].map(limit => `  - ${limit}\n`).join('')}`
  ].join('')
}

/** VERIFY.txt: Vietnamese first, then English, with ordinary tools only. */
export const howToVerify = (evidence: EvidenceJson): string =>
  `${section('vi', evidence)}\n${'-'.repeat(78)}\n\n${section('en', evidence)}`
