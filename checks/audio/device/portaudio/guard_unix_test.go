//go:build unix

package portaudio

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	"linecheck/checks/audio/device/protocol"
)

const guardEnv = "LINECHECK_TEST_GUARD"

func TestMain(m *testing.M) {
	if os.Getenv(guardEnv) == "" {
		os.Exit(m.Run())
	}
	out, restore, err := guard(os.Stdout)
	if err != nil {
		os.Exit(1)
	}
	_, _ = unix.Write(unix.Stdout, []byte("a library talks")) // as printf in C would
	_ = protocol.Send(out, protocol.Event{Topic: protocol.Hello})
	restore()
	_ = protocol.Send(os.Stdout, protocol.Event{Topic: protocol.Done})
	os.Exit(0)
}

func TestNothingElseReachesTheProtocol(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), guardEnv+"=1")
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []protocol.Topic{protocol.Hello, protocol.Done} {
		var ev protocol.Event
		f, err := protocol.Read(&out)
		if err == nil {
			err = f.Decode(&ev)
		}
		if err != nil || ev.Topic != want {
			t.Fatalf("%v %v, want %s", ev.Topic, err, want)
		}
	}
	if out.Len() > 0 || complaint.String() != "a library talks" {
		t.Errorf("stdout has %d bytes more, stderr %q", out.Len(), complaint.String())
	}
}
