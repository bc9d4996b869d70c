#!/usr/bin/python3
"""Simulated cameras over GStreamer's RTSP server; driven by cameras.ts, which says what the words mean.

Standard input carries JSON lines. The first is the set-up:
  {"host", "auth": "digest"|"basic"|"none", "media": {variant: path}, "fps", "loopFrames",
   "cameras": [{"port": 0, "path", "variant", "userName", "password", "sentLog"}]}
and is answered by {"ready": [port, ...]}. Each later line is {"id", "camera", "do", ...} and is answered by
{"id"} or {"id", "error"}. The end of standard input ends the program, so no server outlives its test.

Every camera is live: its frame counter runs with the clock from the start of the program, whoever is watching,
as on a camera in a street. The encoded frames lie in memory and are pushed one by one at their instant, so the
log of what was sent when is written at the push itself.
"""
import json
import os
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

NS = 1_000_000_000
VIDEO = {
    "h264": ("h264parse", "video/x-h264,stream-format=avc,alignment=au", "rtph264pay config-interval=-1"),
    "h265": ("h265parse", "video/x-h265,stream-format=hvc1,alignment=au", "rtph265pay config-interval=-1"),
}
AUDIO = {
    "aac": ("aacparse", "audio/mpeg,mpegversion=4,stream-format=raw", "rtpmp4gpay"),
    "g711": ("identity", "audio/x-alaw", "rtppcmapay"),
}
G711_CHUNK = 320  # bytes: 40 ms at 8 kHz
LOG_KEYS = "n,index,loop,realtimeMs,monoMs"


class Track:
    """The encoded frames of one loop, in memory."""

    def __init__(self, path, pad, kind, chunk_bytes=None):
        parser, caps, self.payloader = kind
        line = f'filesrc location="{path}" ! qtdemux name=d d.{pad} ! {parser} ! {caps} ! appsink name=s sync=false'
        pipeline = Gst.parse_launch(line)
        sink = pipeline.get_by_name("s")
        pipeline.set_state(Gst.State.PLAYING)
        self.caps, buffers = None, []
        while True:
            sample = sink.emit("pull-sample")
            if sample is None:
                break
            self.caps = self.caps or sample.get_caps().to_string()
            buffers.append(sample.get_buffer())
        pipeline.set_state(Gst.State.NULL)
        if chunk_bytes:
            whole = b"".join(buffer.extract_dup(0, buffer.get_size()) for buffer in buffers)
            chunks = [whole[at : at + chunk_bytes] for at in range(0, len(whole), chunk_bytes)]
            buffers = [Gst.Buffer.new_wrapped(chunk) for chunk in chunks if len(chunk) == chunk_bytes]
        self.buffers = buffers
        self.keys = [i for i, b in enumerate(buffers) if not b.has_flags(Gst.BufferFlags.DELTA_UNIT)]

    def source(self, name, number):
        return (
            f'appsrc name={name} is-live=true format=time max-buffers=600 leaky-type=downstream caps="{self.caps}"'
            f" ! {self.payloader} name=pay{number} pt={96 + number} "
        )


class Clip:
    """One variant: its picture and perhaps its sound."""

    def __init__(self, name, path, setup):
        codec, _, sound = name.partition("+")
        self.video = Track(path, "video_0", VIDEO[codec])
        self.video.buffers = self.video.buffers[: setup["loopFrames"]]
        self.audio = None
        if sound:
            self.audio = Track(path, "audio_0", AUDIO[sound], G711_CHUNK if sound == "g711" else None)
            self.audio_ns = (NS * G711_CHUNK // 8000) if sound == "g711" else NS * 1024 // 32000
            self.audio.buffers = self.audio.buffers[: setup["loopFrames"] * NS // setup["fps"] // self.audio_ns]
        self.launch = "( " + self.video.source("video", 0) + (self.audio.source("audio", 1) if self.audio else "") + ")"


class Camera:
    """One camera: its own port, its own user, its own faults."""

    def __init__(self, setup, number, clips):
        mine = setup["cameras"][number]
        self.setup, self.clips = setup, clips
        self.name, self.path = mine["userName"], mine["path"]
        self.password, self.port = mine["password"], mine.get("port", 0)
        self.clip, self.state = clips[mine["variant"]], "play"
        self.medias, self.last_key, self.next_audio = {}, 0, None
        # A share of a frame apart from the next camera, so that their frames don't leave in one burst.
        self.phase_ns = number * NS // setup["fps"] // len(setup["cameras"])
        self.sent = open(mine["sentLog"], "w", buffering=1)
        self.sent.write(LOG_KEYS + "\n")
        self.server, self.source, self.socket = GstRtspServer.RTSPServer(), None, None
        self.server.set_address(setup["host"])
        self.server.set_backlog(16)
        self.admit(self.password)
        self.serve()
        self.listen()

    def admit(self, password):
        self.password = password
        if self.setup["auth"] == "none":
            return
        auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.set_realm("camera")
        if self.setup["auth"] == "digest":
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(self.name, password, token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(self.name, password), token)
        self.server.set_auth(auth)

    def serve(self):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(self.clip.launch)
        factory.set_shared(True)
        factory.connect("media-configure", self.configured)
        if self.setup["auth"] != "none":
            role = "viewer, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
            factory.add_role_from_structure(Gst.Structure.new_from_string(role))
        points = self.server.get_mount_points()
        points.remove_factory(self.path)
        points.add_factory(self.path, factory)

    def configured(self, _factory, media):
        bin_ = media.get_element()
        watched = (self.clip, bin_, bin_.get_by_name("video"), bin_.get_by_name("audio"))
        self.medias[media] = watched
        media.connect("unprepared", lambda gone: self.medias.pop(gone, None))

    def listen(self):
        self.server.set_service(str(self.port))
        self.socket = self.server.create_socket(None)
        self.port = self.socket.get_local_address().get_port()
        self.source = GLib.io_add_watch(
            GLib.IOChannel.unix_new(self.socket.get_fd()), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, self.accept
        )

    def accept(self, *_):
        return GstRtspServer.RTSPServer.io_func(self.socket, GLib.IOCondition.IN, self.server)

    def hush(self):
        """Refuses connections from here on."""
        if self.source:
            GLib.source_remove(self.source)
            self.socket.close()
            self.source = self.socket = None

    def drop(self):
        """Ends every session and connection."""
        self.server.client_filter(lambda *_: GstRtspServer.RTSPFilterResult.REMOVE)

    def command(self, order):
        do = order["do"]
        if do in ("stall", "freeze", "play"):
            self.state = do
        elif do == "die":
            self.hush()
            self.drop()
        elif do == "revive":
            self.state = "play"
            if not self.source:
                self.listen()
        elif do == "codec":
            self.clip = self.clips[order["variant"]]
            self.serve()
            self.drop()
        elif do == "password":
            self.admit(order["password"])
            self.drop()
        elif do == "drop":
            self.drop()
        else:
            raise ValueError(f"no such command: {do}")

    def push(self, n, epoch_ns):
        """Sends frame n, and the sound that is due with it, to everybody who is watching."""
        if not self.medias or self.state == "stall":
            self.next_audio = None
            return
        due_ns = epoch_ns + self.phase_ns + n * NS // self.setup["fps"]
        for clip, bin_, video, audio in list(self.medias.values()):
            base_ns = bin_.get_base_time()
            if base_ns == 0 or bin_.get_state(0)[1] != Gst.State.PLAYING or due_ns < base_ns:
                continue
            index = self.choose(clip, n)
            self.emit(video, clip.video.buffers[index], due_ns - base_ns, NS // self.setup["fps"])
            self.log(n, index, len(clip.video.buffers))
            if audio:
                self.push_audio(clip, audio, due_ns, epoch_ns, base_ns)

    def choose(self, clip, n):
        index = n % len(clip.video.buffers)
        if self.state == "freeze":
            return self.last_key
        if index in clip.video.keys:
            self.last_key = index
        return index

    def push_audio(self, clip, audio, due_ns, epoch_ns, base_ns):
        start_ns = epoch_ns + self.phase_ns
        last = (due_ns - start_ns) // clip.audio_ns
        first = last if self.next_audio is None else self.next_audio
        for m in range(first, last + 1):
            pts = start_ns + m * clip.audio_ns - base_ns
            if pts >= 0:
                self.emit(audio, clip.audio.buffers[m % len(clip.audio.buffers)], pts, clip.audio_ns)
        self.next_audio = last + 1

    @staticmethod
    def emit(source, encoded, pts_ns, duration_ns):
        buffer = encoded.copy()
        buffer.pts = buffer.dts = pts_ns
        buffer.duration = duration_ns
        source.emit("push-buffer", buffer)

    def log(self, n, index, loop_frames):
        real_ms, mono_ms = time.time_ns() / 1e6, time.monotonic_ns() / 1e6
        self.sent.write(f"{n},{index},{n // loop_frames},{real_ms:.3f},{mono_ms:.3f}\n")


def clockwork(cameras, fps):
    """One thread that pushes every frame of every camera at its instant."""
    epoch_ns = time.monotonic_ns()
    lock = threading.Lock()

    def run():
        n = 0
        while True:
            for camera in cameras:
                due_ns = epoch_ns + camera.phase_ns + n * NS // fps
                wait_ns = due_ns - time.monotonic_ns()
                if wait_ns > 0:
                    time.sleep(wait_ns / NS)
                with lock:
                    camera.push(n, epoch_ns)
            # After SIGSTOP a camera goes on with the present, it doesn't make up for what it missed.
            n = max(n + 1, (time.monotonic_ns() - epoch_ns) * fps // NS)

    threading.Thread(target=run, daemon=True).start()
    return lock


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main():
    Gst.init(None)
    setup = json.loads(sys.stdin.readline())
    clips = {name: Clip(name, path, setup) for name, path in setup["media"].items()}
    cameras = [Camera(setup, number, clips) for number in range(len(setup["cameras"]))]
    lock = clockwork(cameras, setup["fps"])
    say({"ready": [camera.port for camera in cameras]})

    def obey(order):
        try:
            with lock:
                cameras[order["camera"]].command(order)
            say({"id": order["id"]})
        except Exception as error:  # noqa: BLE001
            say({"id": order.get("id"), "error": repr(error)})
        return False

    def listen():
        for line in sys.stdin:
            GLib.idle_add(obey, json.loads(line))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    GLib.MainLoop().run()


main()
