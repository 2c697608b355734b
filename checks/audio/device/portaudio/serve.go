package portaudio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"linecheck/checks/audio/device/protocol"
)

// Serve is the whole life of a helper process: it takes one command from
// stdin, does it and returns. args are the arguments after the verb; there are none
// so far. It returns early when ctx or stdin ends, because whoever started it is
// then gone; the caller should end the process at once, since a hung sound
// library's threads may still be in it. What went wrong is also told to the
// other side in the protocol. Nothing else in the process may write to stdout.
func Serve(ctx context.Context, stdin io.Reader, stdout io.Writer, args []string) error {
	out, restore, err := guard(stdout)
	if err != nil {
		return err
	}
	defer restore()
	if len(args) > 0 {
		err := fmt.Errorf("the audio helper takes no arguments, not %q", args)
		_ = protocol.Send(out, protocol.Event{Topic: protocol.Failed, Problem: protocol.Misuse, Message: err.Error()})
		return err
	}
	return serve(ctx, stdin, out, system{open: newEngine, keeper: newKeeper()})
}

var errGone = errors.New("whoever started the audio helper is gone")

// system is what the conversation needs of it.
type system struct {
	open   func() (engine, error)
	keeper keeper
}

// serve runs the conversation in a goroutine that keeps its thread, since the
// sound library must be started and ended by one and the same; it is left behind when the other side goes.
func serve(ctx context.Context, stdin io.Reader, stdout io.Writer, s system) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := &conversation{out: stdout, in: make(chan protocol.Frame)}
	go func() {
		defer cancel(errGone)
		for {
			f, err := protocol.Read(stdin)
			if err != nil {
				return
			}
			select {
			case c.in <- f:
			case <-ctx.Done():
				return
			}
		}
	}()
	ended := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread goes with the goroutine
		ended <- c.run(ctx, s)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select { // both may be true: what was done counts
	case err := <-ended:
		return err
	default:
		return context.Cause(ctx)
	}
}
