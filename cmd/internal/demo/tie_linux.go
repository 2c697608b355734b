package main

import (
	"os/exec"
	"runtime"
	"syscall"
)

// tie lets the kernel kill the child when this process dies, and keeps the
// terminal's Ctrl-C away from it: the demo passes it on in its own order.
func tie(cmd *exec.Cmd) (unlock func()) {
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return runtime.UnlockOSThread
}
