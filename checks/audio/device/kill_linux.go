package device

import (
	"os"
	"syscall"
)

// detach puts the helper into a process group of its own, so that all of it can
// be killed, and lets the kernel kill it when this program dies.
func detach() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// group is what dies together with the helper.
type group struct{ pid int }

func hold(p *os.Process) group { return group{pid: p.Pid} }

func (g group) kill() { _ = syscall.Kill(-g.pid, syscall.SIGKILL) }

func (g group) release() {}
