package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"linecheck/report"
)

// runWithClock runs a command whose clock on the wall is off by that many seconds, and passes on how it ended.
//
// Programs read the time from a page of code that the system gives each of them
// (the vDSO), without asking it. This one gets a page that does ask, and adds.
// The clock that only runs on stays as it is.
func runWithClock(seconds string, args []string) error {
	off, err := strconv.ParseInt(seconds, 10, 32)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return errors.New("a clock needs a command")
	}
	runtime.LockOSThread() // one thread alone may trace
	defer runtime.UnlockOSThread()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	pid := cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil { // it stands before its first instruction
		return err
	}
	if err := shift(pid, int32(off)); err != nil {
		_ = cmd.Process.Kill()
		return err
	}
	if err := syscall.PtraceDetach(pid); err != nil {
		return err
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); errors.As(err, &ended) {
		os.Exit(max(1, ended.ExitCode()))
	} else if err != nil {
		return err
	}
	return nil
}

// shift puts the code into a process's page.
func shift(pid int, seconds int32) error {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(maps)) {
		if !strings.Contains(line, "[vdso]") {
			continue
		}
		var from, to uintptr
		if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil {
			return err
		}
		page := make([]byte, to-from)
		if _, err := syscall.PtracePeekText(pid, from, page); err != nil {
			return err
		}
		f, err := elf.NewFile(bytes.NewReader(page))
		if err != nil {
			return err
		}
		symbols, err := f.DynamicSymbols()
		if err != nil {
			return err
		}
		for _, s := range symbols {
			if s.Name == "__vdso_clock_gettime" {
				_, err := syscall.PtracePokeText(pid, from+uintptr(s.Value), askAndAdd(seconds))
				return err
			}
		}
	}
	return errors.New("this process has no page to read the time from")
}

// askAndAdd is clock_gettime(clock, *time) that asks the system, and adds seconds to
// the clock on the wall, whose number is 0.
func askAndAdd(seconds int32) []byte {
	code := []byte{
		0xb8, 228, 0, 0, 0, // mov eax, SYS_clock_gettime
		0x0f, 0x05, // syscall
		0x85, 0xff, // test edi, edi
		0x75, 7, // jnz to ret
		0x48, 0x81, 0x06, // add qword [rsi], seconds
	}
	code = binary.LittleEndian.AppendUint32(code, uint32(seconds))
	return append(code, 0xc3) // ret
}

// clockFaults are those of the applicant's clock.
func clockFaults() []fault {
	off := func(name, symptom, seconds string) fault {
		return fault{name: name, symptom: symptom, causes: []string{"machine.clock.wrong"}, blame: report.FaultYou, inject: func(w *world) (func(), error) {
			w.wrap = []string{"ip", "netns", "exec", w.pc, w.self, "fake", "clock", seconds}
			return func() {}, nil
		}}
	}
	return []fault{
		off("clock a day behind", "offline", "-86400"),
		off("clock a day ahead", "computer", "86400"),
		off("clock a year ahead", "calls", "31536000"),
	}
}
