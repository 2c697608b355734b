package main

import (
	"os/exec"
	"unsafe"

	"golang.org/x/sys/windows"
)

// inTerminal starts a command in a console of its own. There is no shell in between: an invite's link is somebody
// else's text. os/exec would give it streams of ours in the place of the console's.
func inTerminal(command []string) error {
	program, err := exec.LookPath(command[0])
	if err != nil {
		return err
	}
	path, err := windows.UTF16PtrFromString(program)
	if err != nil {
		return err
	}
	line, err := windows.UTF16PtrFromString(windows.ComposeCommandLine(command))
	if err != nil {
		return err
	}
	as := windows.StartupInfo{Cb: uint32(unsafe.Sizeof(windows.StartupInfo{}))}
	var made windows.ProcessInformation
	if err := windows.CreateProcess(path, line, nil, nil, false, windows.CREATE_NEW_CONSOLE, nil, nil, &as, &made); err != nil {
		return err
	}
	_ = windows.CloseHandle(made.Thread)
	return windows.CloseHandle(made.Process)
}
