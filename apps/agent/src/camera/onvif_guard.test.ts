import { describe, expect, test } from 'vitest'
import { depthMeter } from './onvif_guard.ts'

const depthOf = (xml: string, pieceBytes = xml.length): number => {
  const depth = depthMeter()
  let deepest = 0
  for (let at = 0; at < xml.length; at += pieceBytes) deepest = depth(Buffer.from(xml.slice(at, at + pieceBytes)))
  return deepest
}

describe('depthMeter', () => {
  test.each([
    ['<?xml version="1.0"?><!-- a --><a><b/><b></b><c><d/></c></a>', 3],
    ['<a/><a/><a/>', 1],
    ['<a>'.repeat(500), 500],
    ['no tags > at / all', 0]
  ])('%s', (xml, deepest) => {
    expect(depthOf(xml)).toBe(deepest)
    expect(depthOf(xml, 1)).toBe(deepest)
  })
})
