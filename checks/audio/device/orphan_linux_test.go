package device_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A program that is killed takes its helper along: the helper here would wait for ever.
func TestTheHelperDiesWithItsProgram(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/task/" + fmt.Sprint(os.Getpid()) + "/children"); err != nil {
		t.Skip("this kernel does not list children: ", err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentEnv+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	for range 100 {
		if pid = childOf(cmd.Process.Pid); pid != 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if pid == 0 {
		t.Fatal("the program started no helper")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for range 100 {
		if over(pid) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("the helper outlived its program")
}

// childOf is the first child process of pid, or 0.
func childOf(pid int) (child int) {
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return 0
	}
	for _, task := range tasks {
		f, err := os.Open(fmt.Sprintf("/proc/%d/task/%s/children", pid, task.Name()))
		if err != nil {
			continue
		}
		_, _ = fmt.Fscan(bufio.NewReader(f), &child)
		_ = f.Close()
		if child != 0 {
			return child
		}
	}
	return 0
}

// over says whether the process is gone, or dead and not reaped.
func over(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, state, ok := bytes.Cut(data, []byte(") ")) // after the program's name
	return ok && state[0] == 'Z'
}
