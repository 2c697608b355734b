// Package catalog is the explicit, ordered list of checks: the one place that
// knows all families. What a plan takes of it and when it runs is for the
// session to say.
package catalog

import (
	"crypto/rand"

	"linecheck/checks"
	"linecheck/checks/audio"
	"linecheck/checks/internet"
	"linecheck/checks/machine"
	"linecheck/checks/network"
	"linecheck/checks/session"
	"linecheck/checks/webrtc"
	"linecheck/report/policy"
)

// Config is what the checks need from the program they run in.
type Config struct {
	// Audio says how sound is reached and which devices were chosen.
	Audio audio.Config
	// STUN are public STUN servers for runs without an invite; empty means the built-in ones.
	STUN []string
	// Quick ends the speed check as soon as it is known what the policy asks.
	Quick bool
	// Thorough loads the processor for a minute instead of some seconds.
	Thorough bool
	// Systems is the table of operating systems and their support.
	Systems []byte
}

// All makes every check, in the order in which they run, for what p asks. far is nil without an invite.
//
// The way to the network comes first, because it says why others fail, and the computer
// beside it, while nothing else of ours has run; then what needs the
// person, who is fresh and sits there; then the line, whose checks run by themselves.
func All(cfg Config, far session.Far, p policy.Policy) []checks.Check {
	way := network.Config{}
	computer := machine.SystemConfig{Table: cfg.Systems}
	line := internet.Config{}
	call := webrtc.Config{STUN: cfg.STUN, Memory: new(webrtc.Memory)}
	if far != nil {
		way.Server, way.Pin = far.Server()
		way.Far = far.Session
		computer.Far = far.Session
		line.Far, line.Open = far.Session, far.Open
		call.Far, call.Open = far.Session, far.Open
	}
	sound := cfg.Audio
	sound.Seed, sound.VoiceSample = seed(far), far != nil && far.VoiceSample()
	if cfg.Quick {
		line.Quick = &internet.Bounds{Down: p.Bounds("internet.download.mbps"), Up: p.Bounds("internet.upload.mbps")}
	}
	return []checks.Check{
		network.New(way),
		machine.NewSystem(computer),
		machine.NewMemory(),
		machine.NewCPU(cfg.Thorough),
		audio.NewOutput(sound),
		audio.NewMicrophone(sound),
		internet.New(line),
		webrtc.NewConnect(call),
		webrtc.NewMedia(call),
	}
}

// seed is the run's own; where there is no invite to take it from, a random one.
func seed(far session.Far) []byte {
	if far != nil {
		return []byte(far.Seed())
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return b
}
