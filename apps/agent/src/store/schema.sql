-- The box's store. One file, written by the agent and by its commands (WAL, synchronous=FULL, one writer at a time).
-- All instants are milliseconds since 1970 UTC by the clock of this box unless a column says otherwise (I8);
-- media times are milliseconds since the start of a run of ffmpeg. Ids are lower-case UUIDs.

-- What this box is set up to record. Written by `camera add` and by configuration; the recorder's file and the
-- inventory fact are made from it.
create table viewpoint (
  viewpoint_id  text primary key,
  name          text not null,              -- NFC; a label, never a key
  place         text not null default '',
  required_days integer not null check (required_days between 0 and 3650)  -- 0 = none agreed
) strict;

create table recorder (
  recorder_id text primary key,
  kind        text not null check (kind in ('matthan', 'frigate', 'mediamtx', 'motion', 'zoneminder', 'pattern')),
  name        text not null
) strict;

create table channel (
  channel_id      text primary key,
  recorder_id     text not null references recorder,
  name            text not null,
  kind            text not null check (kind in ('onvif', 'rtsp')),
  address         text not null,            -- as the technician gave it; no credentials
  stream_token    text not null default '', -- ONVIF profile token; empty for plain RTSP
  stream_url      text not null,            -- rtsp(s)://, no credentials
  user_name       text not null default '',
  sealed_password text not null default '', -- base/secret; the key lies in a file of its own
  facts           text not null default '{}', -- JSON: manufacturer, model, firmware, serial, codecs, size at the last probe
  removed_ms      integer                   -- null while it records; its footage stays until retention takes it
) strict;

-- Which channel shows which viewpoint, and since when (0-decisions, Words). At most one open assignment a channel.
create table assignment (
  assignment_id text primary key,
  channel_id    text not null references channel,
  viewpoint_id  text not null references viewpoint,
  from_ms       integer not null,
  to_ms         integer check (to_ms is null or to_ms >= from_ms)
) strict;
create unique index assignment_open on assignment (channel_id) where to_ms is null;
create index assignment_viewpoint on assignment (viewpoint_id, from_ms);

-- I1: a row exists only for a closed file on disk with that size and digest. Inserted from the recorder's journal,
-- which writes its line after fsync. Deletion: deleting=1 (mark) → the recorder unlinks and fsyncs the folder →
-- the row goes. A row with deleting=1 is no footage any more.
create table segment (
  row_id         integer primary key autoincrement, -- order of recording by the journal; never given twice: coverage tells what came after one
  segment_id     text not null unique,
  channel_id     text not null,             -- no reference: footage outlives its channel
  run_id         text not null,
  idx            integer not null,          -- number within the run
  path           text not null unique,      -- relative to footage/
  bytes          integer not null check (bytes >= 0),
  sha256         text not null check (length(sha256) = 64),  -- by the recorder, when it closed the file
  media_start_ms real not null,
  media_end_ms   real not null,
  anchors        text not null,             -- JSON [{fromMediaMs, utcMinusMediaMs}], protocol/recording
  start_ms       integer not null,          -- envelope in UTC by the box's clock; over a step of the clock the anchors are the truth
  end_ms         integer not null check (end_ms >= start_ms),
  synchronised   integer not null check (synchronised in (0, 1)),
  boot_id        text not null,
  video_codec    text not null,
  audio_codec    text not null default '',
  torn           integer not null check (torn in (0, 1)),    -- its writer died; used up to the last whole fragment
  deleting       integer not null default 0 check (deleting in (0, 1))
) strict;
-- Covering: retention sums a quarter of a million rows from the index alone.
create index segment_time on segment (channel_id, start_ms, end_ms, bytes, deleting);
create index segment_end on segment (channel_id, end_ms);
create unique index segment_run on segment (run_id, idx);

-- Footage that is gone, until coverage has told the centre: taken by retention, or no longer what the row said.
-- Written in the transaction that takes the row. Ranges may overlap.
create table footage_gone (
  gone_id    integer primary key,
  channel_id text not null,
  from_ms    integer not null,
  to_ms      integer not null check (to_ms > from_ms),
  cause      text not null check (cause in ('overwritten', 'unknown'))
) strict;

-- What happened beside segments: when and why recording began and ended, and steps of the clock. Causes of gaps come from here.
create table recording_event (
  event_id   integer primary key,
  channel_id text not null default '',      -- empty: the whole box
  run_id     text not null default '',
  kind       text not null check (kind in ('runStarted', 'runEnded', 'clockStepped')),
  at_ms      integer not null,
  cause      text not null default '',
  detail     text not null default '',      -- ffmpeg's last line, or the step in ms
  boot_id    text not null default ''
) strict;
create index recording_event_time on recording_event (channel_id, at_ms);

-- How far each journal file has been read: whole lines only, so that a torn last line is read again.
create table journal_position (
  file  text primary key,                   -- yyyy-mm-dd.jsonl
  bytes integer not null
) strict;

-- I4: lines of the journal that are not what they should be, passed over with the reason; the newest thousand.
create table journal_refused (
  refused_id integer primary key,
  file       text not null,
  offset     integer not null,              -- bytes
  reason     text not null,
  line       text not null                  -- its first 500 characters
) strict;

-- Footage that must not be overwritten. Links are made by the recorder in holds/<hold_id>/.
create table hold (
  hold_id      text primary key,
  viewpoint_id text not null,
  from_ms      integer not null,
  to_ms        integer not null check (to_ms > from_ms),
  owner        text not null,
  reason       text not null,
  placed_ms    integer not null,
  expires_ms   integer not null,
  released_ms  integer                      -- null while it holds
) strict;

create table hold_segment (
  hold_id    text not null references hold,
  segment_id text not null,
  bytes      integer not null,
  linked     integer not null default 0 check (linked in (0, 1)),  -- 1: the link is durable
  primary key (hold_id, segment_id)
) strict, without rowid;
create index hold_segment_by_segment on hold_segment (segment_id);

-- The spool: durable records until the centre acknowledges them (I2), two lanes, each with its own epoch and numbers.
create table lane (
  lane     text primary key check (lane in ('urgent', 'routine')),
  epoch    text not null,                   -- random UUID made with the spool (I3)
  last_seq integer not null default 0,      -- newest number given out
  acked    integer not null default 0,      -- everything up to here is the centre's
  bytes    integer not null default 0       -- sum of the bodies that wait, so that the quota costs no scan
) strict;

create table spool (
  lane         text not null references lane,
  seq          integer not null,
  kind         text not null,
  at_ms        integer not null,
  synchronised integer not null check (synchronised in (0, 1)),
  body         text not null,               -- JSON by kind, protocol/facts
  primary key (lane, seq)
) strict, without rowid;

-- I5: an order id is executed at most once, and a repeat gets the first result. Kept until expiry + 30 days.
create table order_seen (
  order_id    text primary key,
  seq         integer not null,
  kind        text not null,
  payload     text not null,                -- as signed
  received_ms integer not null,
  expires_ms  integer not null,             -- by the centre's clock
  state       text not null check (state in ('accepted', 'running', 'succeeded', 'failed', 'rejected', 'expired', 'cancelled')),
  result      text                          -- JSON OrderResult once the state is terminal
) strict;

-- Files on their way to the centre, so that an upload resumes after a restart. Gone when the receipt is there.
create table upload (
  order_id text not null,
  name     text not null,                   -- the name in the statement
  path     text not null,                   -- relative to footage/ or to the agent's outbox
  bytes    integer not null,
  sha256   text not null,
  location text not null default '',        -- tus URL path once created
  done     integer not null default 0 check (done in (0, 1)),
  primary key (order_id, name)
) strict, without rowid;

-- Conditions that are raised now; the fact went out when the row changed.
create table condition_open (
  code       text not null,
  subject_id text not null,
  since_ms   integer not null,
  details    text not null default '{}',
  primary key (code, subject_id)
) strict, without rowid;

-- Comparisons of clocks, kept for retention + 90 days: the offset at the time of an incident is read from here.
create table clock_check (
  check_id       integer primary key,
  at_ms          integer not null,
  boot_id        text not null,
  subject        text not null check (subject in ('box', 'camera')),
  channel_id     text not null default '',
  offset_ms      real not null,             -- subject − reference; + = fast
  uncertainty_ms real not null,
  reference      text not null check (reference in ('centre', 'ntp', 'box')),
  method         text not null
) strict;
create index clock_check_time on clock_check (subject, channel_id, at_ms);

-- Single values: recorderId, largest centreEpoch seen, newest order seq, first recording (commissioning).
create table meta (
  key   text primary key,
  value text not null
) strict, without rowid;
