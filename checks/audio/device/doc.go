// Package device is the room where sound devices are listed, played on and
// recorded from, by a helper process that can be killed: sound libraries hang,
// print and abort, and a hung one must cost a reason, not the program. The
// package is plain Go. The sound library itself (the folder portaudio) never
// comes in here, and neither does what the sound means.
package device
