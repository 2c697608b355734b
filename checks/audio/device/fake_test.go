package device_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"linecheck/checks/audio/device"
	"linecheck/checks/audio/device/protocol"
)

// The environment of a test binary that plays a helper, or the program that started one.
const (
	fakeEnv   = "LINECHECK_TEST_FAKE"
	parentEnv = "LINECHECK_TEST_PARENT"
	// onceEnv names the file by which a fake knows whether it is the first.
	onceEnv = "LINECHECK_TEST_ONCE"
)

func TestMain(m *testing.M) {
	if os.Getenv(parentEnv) != "" {
		h := fake("silent")
		h.Env = append(h.Env, parentEnv+"=")
		_, _ = h.List(context.Background())
		os.Exit(0)
	}
	if name := os.Getenv(fakeEnv); name != "" {
		os.Exit(play(name))
	}
	os.Exit(m.Run())
}

// fake is a helper that behaves in one of the ways of play.
func fake(name string) device.Helper {
	return device.Helper{Command: []string{os.Args[0]}, Env: append(os.Environ(), fakeEnv+"="+name)}
}

func say(ev protocol.Event) { _ = protocol.Send(os.Stdout, ev) }

func hear() (cmd protocol.Command, sound []float32) {
	for {
		f, err := protocol.Read(os.Stdin)
		if err != nil {
			os.Exit(9)
		}
		if f.Kind == protocol.PCM {
			sound = append(sound, f.Samples()...)
			continue
		}
		if err := f.Decode(&cmd); err != nil {
			os.Exit(8)
		}
		return cmd, sound
	}
}

// play is the life of a fake helper.
func play(name string) int {
	if name == "silent" {
		fmt.Fprintf(os.Stderr, "pid %d\n", os.Getpid())
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	}
	if name == "chatty" {
		fmt.Println("Cannot connect to server socket")
		return 0
	}
	say(protocol.Event{Topic: protocol.Hello})
	cmd, _ := hear()
	switch name {
	case "dies":
		fmt.Fprint(os.Stderr, strings.Repeat("noise of a library\n", 1000), "assertion failed")
		return 3
	case "hangs":
		time.Sleep(time.Hour)
	case "hangs once":
		if f, err := os.OpenFile(os.Getenv(onceEnv), os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			_ = f.Close()
			time.Sleep(time.Hour)
		}
	case "asks":
		if f, err := os.OpenFile(os.Getenv(onceEnv), os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			_ = f.Close()
		} else {
			fmt.Fprint(os.Stderr, "asked twice")
			return 7
		}
		say(protocol.Event{Topic: protocol.Asking})
		time.Sleep(3 * time.Second) // longer than a sound library may take, and than a rival is waited for
	case "asks for ever":
		say(protocol.Event{Topic: protocol.Asking})
		time.Sleep(time.Hour)
	case "senseless":
		say(protocol.Event{Topic: protocol.Done})
		return 0
	case "unbuilt":
		say(protocol.Event{Topic: protocol.Failed, Problem: protocol.Unbuilt, Message: "no sound"})
		return 0
	}
	say(protocol.Event{Topic: protocol.Ready})
	d := protocol.Device{Name: "fake", API: "Fake", Inputs: 1, Outputs: 2}
	if cmd.Op == protocol.OpList {
		if name != "unplugged" {
			say(protocol.Event{Topic: protocol.Devices, Devices: []protocol.Device{d}})
		} else {
			say(protocol.Event{Topic: protocol.Devices, Devices: []protocol.Device{}})
		}
		if name == "lingers" {
			time.Sleep(time.Hour)
		}
		return 0
	}
	say(protocol.Event{Topic: protocol.Opened, InputDevice: &d, OutputDevice: &d, InputRate: 16000, OutputRate: 48000})
	_, sound := hear()
	return stream(name, sound)
}

// stream sends back the left channel of what it was given, in frames of 160.
func stream(name string, sound []float32) int {
	var left []float32
	for i := 0; i < len(sound); i += 2 {
		left = append(left, sound[i])
	}
	var played int64
	for at := 0; at < len(left); at += 160 {
		if (name == "stalls" || name == "unplugged") && at > 1600 {
			time.Sleep(time.Hour)
		}
		if name == "input stalls" && at > 1600 {
			played += 160
			say(protocol.Event{Topic: protocol.Beat, Played: played})
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if name == "dies in the middle" && at > 1600 {
			return 4
		}
		_ = protocol.WriteSamples(os.Stdout, left[at:min(len(left), at+160)])
		played = int64(at + 160)
		say(protocol.Event{Topic: protocol.Beat, Played: played})
	}
	say(protocol.Event{Topic: protocol.Done, Played: played, Dropped: 3, Breaks: 2})
	return 0
}
