// Package webrtc is the family of checks that make a call: [Connect] finds out by
// which ways a WebRTC connection comes about, how fast, and why not; [Media] sends
// streams paced like speech and video to the probe's echo and measures delay,
// jitter and loss for each direction, on an idle line and on a full one.
//
// A [Way] other than the direct one is a tunnel: a packet socket of ours through a
// relay or over TCP, which the library takes for UDP. What became of the ways is
// put together in diagnose.go.
//
// The WebRTC library says little about why a call fails and can wait for ever,
// so every step here has a watchdog and a reason of its own. The far end (package
// probe), sound devices and judgment do not come in here.
package webrtc
