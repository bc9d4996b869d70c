import { MatthanError } from '../error.ts'
import { type ErrorKey, type Language, type Params, say, sentenceOf, type TextKey } from './say.ts'

/** As much of commander's `Command` as is needed here; this package does not depend on it. */
type Program = {
  version(version: string, flags: string, description: string): unknown
  helpOption(flags: string, description: string): unknown
  helpCommand(nameAndArguments: string, description: string): unknown
  configureHelp(settings: HelpWords): unknown
  addHelpText(position: 'after', text: string): unknown
}
type HelpWords = {
  styleTitle(title: string): string
  styleUsage(usage: string): string
  styleOptionTerm(term: string): string
  styleSubcommandTerm(term: string): string
  styleArgumentTerm(term: string): string
  optionDescription(option: { description: string; defaultValue?: unknown }): string
}

const titles: Record<string, TextKey> = {
  'Usage:': 'base.helpUsage',
  'Options:': 'base.helpOptions',
  'Commands:': 'base.helpCommands',
  'Arguments:': 'base.helpArguments'
}

/** `<folder>` → `<thư mục>`; a word without an entry stays. */
const namesIn =
  (language: Language) =>
  (text: string): string =>
    text.replace(/([<[])([a-z:]+)(\.\.\.)?([>\]])/g, (all, open, word: string, dots = '', close) => {
      const key = `base.arg_${word.replace(':', '_')}`
      const name = sentenceOf(language, key)
      return name === key ? all : `${open}${name}${dots}${close}`
    })

/** Every word that commander says of its own, in the reader's language. */
export const helpWords = (language: Language): HelpWords => {
  const names = namesIn(language)
  return {
    styleTitle: title => (titles[title] ? say(language, titles[title]) : title),
    styleUsage: names,
    styleOptionTerm: names,
    styleSubcommandTerm: names,
    styleArgumentTerm: names,
    optionDescription: ({ description, defaultValue }) => {
      const known = [defaultValue].flat().filter(one => one !== undefined && one !== false && one !== '')
      return known.length === 0
        ? description
        : `${description} (${say(language, 'base.helpDefault')}: ${known.join(' ')})`
    }
  }
}

/**
 * Gives a program its help: version, words, examples and exit codes. To be called before its commands are added,
 * which take it over.
 * @param examples a sentence of the catalogue: lines of a comment and a command
 */
export const speak = (program: Program, about: { language: Language; version: string; examples: TextKey }): void => {
  const { language, version, examples } = about
  program.version(version, '-V, --version', say(language, 'base.helpVersion'))
  program.helpOption('-h, --help', say(language, 'base.helpHelp'))
  program.helpCommand(`help [command]`, say(language, 'base.helpOf'))
  program.configureHelp(helpWords(language))
  const text = [say(language, 'base.helpExamples'), say(language, examples), '', say(language, 'base.helpExitCodes')]
  program.addHelpText('after', `\n${text.join('\n')}`)
}

const mistakes: Record<string, ErrorKey> = {
  'commander.missingArgument': 'base.usageMissing',
  'commander.missingMandatoryOptionValue': 'base.usageMissing',
  'commander.optionMissingArgument': 'base.usageNoValue',
  'commander.unknownOption': 'base.usageUnknown',
  'commander.unknownCommand': 'base.usageUnknown',
  'commander.excessArguments': 'base.usageTooMany'
}

/** Commander's own words about a wrong command line, as an error of ours that both languages can say. */
export const usageError = (error: { code: string; message: string }): MatthanError => {
  if (error.code === 'commander.help') return new MatthanError('usage', 'base.usageNoCommand')
  const reason = error.message.replace(/^error: /, '')
  const [, quoted] = /'(?:-\w, )?([^' ]+)/.exec(reason) ?? []
  const [, last] = /: ([^:]+)\.$/.exec(reason) ?? []
  const params: Params = { what: quoted ?? last ?? '', reason }
  const key = params.what === '' ? undefined : mistakes[error.code]
  return new MatthanError('usage', key ?? 'base.usageWrong', params)
}
