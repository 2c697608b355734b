// Package webrtc is the family of checks that make a call: [Connect] finds out
// whether a WebRTC connection comes about and how fast, [Media] sends a stream
// paced like speech to the probe's echo and measures delay, jitter and loss for
// each direction.
//
// The WebRTC library says little about why a call fails and can wait for ever,
// so every step here has a watchdog and a reason of its own. The far end (package
// probe), sound devices and judgment do not come in here.
package webrtc
