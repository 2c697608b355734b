//go:build unix && !linux

package device

import (
	"os"
	"syscall"
)

// detach puts the helper into a process group of its own, so that all of it can
// be killed. When this program dies, the helper sees its stdin end.
func detach() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// group is what dies together with the helper.
type group struct{ pid int }

func hold(p *os.Process) group { return group{pid: p.Pid} }

func (g group) kill() { _ = syscall.Kill(-g.pid, syscall.SIGKILL) }

func (g group) release() {}
