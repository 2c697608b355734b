//go:build cgo

package portaudio

/*
#cgo LDFLAGS: -framework AVFoundation -framework Foundation
#include "permission_darwin.h"
*/
import "C"

// privacy is macOS's keeper of the microphone. It asks and answers in the name of the process
// that is responsible for this one: what the person started, whose children inherit that. What
// follows is assumed from how macOS treats the children of terminals and of other programs, and was never
// tried with this one:
//
//   - Started from Finder or by a link, Linecheck.app is responsible, and its Info.plist has the words
//     of the question. It does not matter that the window's process never asks itself.
//   - Started in a terminal, the terminal is responsible, and the question names the terminal.
//   - With the hardened runtime nobody is asked without the entitlement
//     com.apple.security.device.audio-input. Window and helper are one file, so both have it.
//   - Where the responsible program has no words for the question, macOS may end this process
//     instead of asking, as it would at the first recording.
type privacy struct{}

func newKeeper() keeper { return privacy{} }

func (privacy) says() permission {
	switch C.linecheck_microphone() {
	case C.LINECHECK_UNDECIDED:
		return undecided
	case C.LINECHECK_ALLOWED:
		return allowed
	case C.LINECHECK_FORBIDDEN:
		return forbidden
	default:
		return untold
	}
}

func (privacy) ask() { C.linecheck_ask_for_microphone() }
