package virtual

import (
	"os/exec"
	"runtime"
	"syscall"
)

// child is a process that dies when this one does.
type child struct {
	pid    int
	exited chan struct{}
}

// spawn starts cmd in a goroutine that keeps its thread until the process ends:
// the kernel kills such a child when the thread that started it goes.
func spawn(cmd *exec.Cmd) (*child, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	c := &child{exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err != nil {
			started <- err
			return
		}
		c.pid = cmd.Process.Pid
		started <- nil
		_ = cmd.Wait()
		close(c.exited)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return c, nil
}

// kill ends the process and waits until it is gone.
func (c *child) kill() {
	select {
	case <-c.exited:
	default:
		_ = syscall.Kill(-c.pid, syscall.SIGKILL)
		<-c.exited
	}
}
