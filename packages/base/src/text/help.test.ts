import { expect, test } from 'vitest'
import { sayError } from '../error.ts'
import { helpWords, usageError } from './help.ts'

test('the words of the help are in the language of the reader', () => {
  const words = helpWords('vi')
  expect(words.styleTitle('Options:')).toBe('Tùy chọn:')
  expect(words.styleUsage('matthan-control box add [options] <name>')).toBe('matthan-control box add [tùy chọn] <tên>')
  expect(words.styleOptionTerm('--host <host...>')).toBe('--host <máy...>')
  expect(words.styleOptionTerm('--code <->, --new <never-named>')).toBe('--code <->, --new <never-named>')
  expect(helpWords('en').styleOptionTerm('--server <host:port>')).toBe('--server <host:port>')
})

test('a default is told where there is one', () => {
  const { optionDescription } = helpWords('en')
  expect(optionDescription({ description: 'days', defaultValue: '30' })).toBe('days (default: 30)')
  for (const defaultValue of [undefined, false, ''])
    expect(optionDescription({ description: 'x', defaultValue })).toBe('x')
})

test('what is wrong with a command line is said in both languages', () => {
  const said = (code: string, message: string) =>
    (['vi', 'en'] as const).map(language => sayError(usageError({ code, message }), language).message)
  expect(said('commander.missingMandatoryOptionValue', "error: required option '--name <name>' not specified")).toEqual(
    ['Thiếu --name.', '--name is missing.']
  )
  expect(said('commander.unknownOption', "error: unknown option '--foo'\n(Did you mean --for?)")[0]).toContain('--foo')
  expect(said('commander.excessArguments', 'error: too many arguments. Expected 0 arguments but got 2: a, b.')[1]).toBe(
    'Too many arguments: a, b.'
  )
  expect(said('commander.invalidArgument', 'error: of another kind')[1]).toContain('of another kind')
  expect(usageError({ code: 'commander.help', message: '(outputHelp)' }).key).toBe('base.usageNoCommand')
})
