//go:build unix

package portaudio

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// guard moves the protocol's stdout to a descriptor that no C library knows, and
// lets everything else that is printed to stdout go where stderr goes. A writer
// that is not the process's stdout stays as it is.
func guard(stdout io.Writer) (io.Writer, func(), error) {
	f, ok := stdout.(*os.File)
	if !ok || f.Fd() != uintptr(unix.Stdout) {
		return stdout, func() {}, nil
	}
	own, err := unix.FcntlInt(uintptr(unix.Stdout), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, nil, err
	}
	if err := divert(unix.Stderr, unix.Stdout); err != nil {
		_ = unix.Close(own)
		return nil, nil, err
	}
	out := os.NewFile(uintptr(own), "audio protocol")
	return out, func() {
		_ = divert(own, unix.Stdout)
		_ = out.Close()
	}, nil
}
