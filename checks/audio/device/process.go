package device

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"time"

	"linecheck/checks/audio/device/protocol"
)

const (
	// farewell is how long a helper that is done may take to close its devices.
	farewell = 500 * time.Millisecond
	// reaping is how long a killed helper is waited for; one stuck in a driver is left to the system.
	reaping = time.Second
)

// process is one running helper.
type process struct {
	group  group
	stdin  *os.File
	stdout *os.File
	last   *tail
	// frames is what the helper says; closed when it says no more.
	frames chan protocol.Frame
	// quit stops the reading; exited is closed when the process is gone.
	quit, exited chan struct{}
	// asking is called when the system asks the person whether this program may record.
	asking func()
}

// launch starts the helper. The error is an [Error] of kind Missing.
func (h Helper) launch() (*process, error) {
	if len(h.Command) == 0 {
		return nil, &Error{Kind: Missing, Message: "no command"}
	}
	childIn, stdin, err := os.Pipe()
	if err != nil {
		return nil, &Error{Kind: Missing, Message: err.Error(), cause: err}
	}
	stdout, childOut, err := os.Pipe()
	if err != nil {
		closeAll(childIn, stdin)
		return nil, &Error{Kind: Missing, Message: err.Error(), cause: err}
	}
	p := &process{
		stdin: stdin, stdout: stdout, last: &tail{},
		frames: make(chan protocol.Frame, 64), quit: make(chan struct{}), exited: make(chan struct{}),
	}
	cmd := exec.Command(h.Command[0], h.Command[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = h.Env, childIn, childOut, p.last
	cmd.SysProcAttr, cmd.WaitDelay = detach(), reaping/2
	err = p.run(cmd)
	closeAll(childIn, childOut)
	if err != nil {
		closeAll(stdin, stdout)
		return nil, &Error{Kind: Missing, Message: err.Error(), cause: err}
	}
	go p.read()
	return p, nil
}

// run starts cmd and waits for its end in a goroutine that keeps its thread:
// on Linux a child that is to die with its parent dies with the thread that started it.
func (p *process) run(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.group = hold(cmd.Process)
		}
		started <- err
		if err != nil {
			return
		}
		_ = cmd.Wait()
		close(p.exited)
	}()
	return <-started
}

func (p *process) read() {
	defer close(p.frames)
	for {
		f, err := protocol.Read(p.stdout)
		if err != nil {
			return
		}
		select {
		case p.frames <- f:
		case <-p.quit:
			return
		}
	}
}

// end closes the pipes and sees to it that the process is gone: a polite one is
// given a moment, every other one is killed.
func (p *process) end(polite bool) {
	close(p.quit)
	if !polite || !p.gone(farewell) { // stdin stays open so long: its end means that we are gone
		p.kill()
		p.gone(reaping)
	}
	_ = p.stdin.Close()
	_ = p.stdout.Close()
	p.group.release()
}

func (p *process) kill() {
	select {
	case <-p.exited: // its number may already be another's
	default:
		p.group.kill()
	}
}

func (p *process) gone(within time.Duration) bool {
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case <-p.exited:
		return true
	case <-t.C:
		return false
	}
}

// crashed is the error for a helper that stopped talking.
func (p *process) crashed(why string) error {
	p.gone(reaping / 4) // its last words come through with its end
	return &Error{Kind: Crashed, Message: why, Stderr: p.last.String()}
}

// next is the next frame. It gives up after so many ticks without any, and then
// returns errTicks; it returns ctx.Err() when ctx ended.
func (p *process) next(ctx context.Context, ticks int) (protocol.Frame, error) {
	t := time.NewTicker(tick)
	defer t.Stop()
	for range ticks {
		select {
		case <-ctx.Done():
			return protocol.Frame{}, ctx.Err()
		case f, ok := <-p.frames:
			if !ok {
				return protocol.Frame{}, p.crashed("the helper ended")
			}
			return f, nil
		case <-t.C:
		}
	}
	return protocol.Frame{}, errTicks
}

var errTicks = errors.New("no frame in time")

func closeAll(files ...*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}
