// Brings what the project needs onto a machine with Node 18 or newer, npm and git: Debian's packages, pnpm's
// packages (Node 24 among them), the system users. Runs before every verb and is quiet when nothing is missing.
// Plain JavaScript, because it runs before Node 24 is there. Everything it says goes to standard error.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pnpm = 'pnpm@12.21.0'
const verb = process.env.npm_lifecycle_event ?? ''

const run = [
  'ffmpeg', // records, cuts stills, checks frames
  'openssl', // what VERIFY.txt tells people to use
  'util-linux', // flock: the lock of a channel lives as long as its ffmpeg
  'python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad', // simulated cameras
  'fonts-dejavu-core' // the burnt-in clock of the simulated cameras
]
const test = ['faketime', 'onvif-tools'] // steps of the clock; an ONVIF client that is not ours
const bench = ['mosquitto', 'collectd-core'] // the peers
const wanted = [...run, ...(verb === 'demo' || verb === 'dev' ? [] : test), ...(verb === 'bench' ? bench : [])]
  .join(' ')
  .split(' ')

const say = text => process.stderr.write(`${text}\n`)
const fail = (text, code) => {
  say(text)
  process.exit(code)
}
const call = (command, args, options = {}) => {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  if (done.error || done.status !== 0) {
    fail(`Không chạy được / failed: ${command} ${args.join(' ')}${done.error ? ` (${done.error.message})` : ''}`, 1)
  }
}

const installed = name => {
  const asked = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' })
  return asked.status === 0 && asked.stdout.includes('install ok installed')
}

const debian = () => {
  if (spawnSync('dpkg-query', ['--version']).error) {
    fail('Cần Debian 12 hoặc bản dẫn xuất / needs Debian 12 or a relative of it: dpkg-query is missing.', 3)
  }
  const missing = wanted.filter(name => !installed(name))
  if (missing.length === 0) return
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing]
  if (process.getuid() !== 0) {
    fail(
      `Thiếu gói hệ thống. Chạy lệnh sau rồi thử lại / System packages are missing. Run this, then try again:\n\n  sudo ${install.join(' ')}\n`,
      3
    )
  }
  say(`Đang cài / installing: ${missing.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  call('apt-get', ['-qq', 'update'], { env })
  call(install[0], ['-qq', ...install.slice(1)], { env })
}

const manifests = () => [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  ...['packages', 'apps'].flatMap(folder =>
    readdirSync(join(root, folder)).map(name => `${folder}/${name}/package.json`)
  ),
  'test/package.json'
]

const packages = () => {
  const hash = createHash('sha256')
  for (const file of manifests())
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)))
  const now = hash.digest('hex')
  const stamp = join(root, 'node_modules', '.matthan-setup')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return
  say('Đang cài các gói npm / installing npm packages …')
  // Settings that `npm run` hands down would reach the inner npm and pnpm as if somebody had typed them.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(config_(?!registry|cache|userconfig|cafile|proxy|https_proxy|noproxy)|package_|lifecycle_)/i.test(name)
    )
  )
  call('npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], { env })
  writeFileSync(stamp, now)
}

/** The three programs run as three users (0-decisions); without root everything runs as whoever started it. */
const users = () => {
  if (process.getuid() !== 0) return
  const known = readFileSync('/etc/passwd', 'utf8')
  for (const name of ['matthan-rec', 'matthan-agent', 'matthan-control']) {
    if (known.includes(`\n${name}:`)) continue
    call('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      name
    ])
  }
  const group = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find(line => line.startsWith('matthan-rec:'))
  if (!group?.split(':')[3].split(',').includes('matthan-agent'))
    call('usermod', ['-aG', 'matthan-rec', 'matthan-agent'])
}

debian()
packages()
users()
