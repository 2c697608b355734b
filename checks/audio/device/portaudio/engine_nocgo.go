//go:build !cgo

package portaudio

import (
	"errors"

	"linecheck/checks/audio/device/protocol"
)

// Built says whether the sound library is in this program: it is where cgo was on.
const Built = false

// errUnbuilt is said by a program that was built without cgo.
var errUnbuilt = errors.New("this program was built without sound")

func newEngine() (engine, error) {
	return nil, &problem{kind: protocol.Unbuilt, err: errUnbuilt}
}
