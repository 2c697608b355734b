//go:build cgo

package portaudio

import (
	"errors"
	"fmt"
	"slices"

	pa "github.com/gordonklaus/portaudio"

	"linecheck/checks/audio/device/protocol"
)

// Built says whether the sound library is in this program: it is where cgo was on.
const Built = true

// library is PortAudio, started.
type library struct{ listed []*pa.DeviceInfo }

func newEngine() (engine, error) {
	if err := pa.Initialize(); err != nil {
		return nil, &problem{kind: protocol.Library, err: plain(err)}
	}
	skipNumbers()
	return &library{}, nil
}

// lowestPointer is the first number that Go's pointer checks let pass for a pointer.
const lowestPointer = 4096

// skipNumbers uses up the binding's small stream numbers. It hands them to C as
// pointers, and in a program built with the race detector every one from 1 to 4095 is fatal. A
// stream without a callback takes a number and fails before C is asked. This takes under a millisecond.
func skipNumbers() {
	for range lowestPointer {
		_, _ = pa.OpenStream(pa.StreamParameters{})
	}
}

func (l *library) close() { _ = pa.Terminate() }

// devices lists what PortAudio sees. On Windows the devices of one interface are listed,
// the best that has any: Windows shows each device once more under every older interface.
func (l *library) devices() ([]protocol.Device, error) {
	apis, err := pa.HostApis()
	if err != nil {
		return nil, plain(err)
	}
	standard, err := pa.DefaultHostApi()
	if err != nil {
		return nil, plain(err)
	}
	if a := best(apis); a != nil {
		standard, apis = a, []*pa.HostApiInfo{a}
	}
	l.listed = nil
	var all []protocol.Device
	for _, api := range apis {
		for _, d := range api.Devices {
			all = append(all, protocol.Device{
				Index: len(l.listed), Name: readable(d.Name), API: api.Name,
				Inputs: max(0, d.MaxInputChannels), Outputs: max(0, d.MaxOutputChannels), Rate: d.DefaultSampleRate,
				DefaultInput: api == standard && d == api.DefaultInputDevice, DefaultOutput: api == standard && d == api.DefaultOutputDevice,
			})
			l.listed = append(l.listed, d)
		}
	}
	return all, nil
}

// best is the newest of Windows' interfaces that has devices: MME cuts names to 31
// letters and delivers late, and DirectSound stands upon WASAPI. nil on other systems.
func best(apis []*pa.HostApiInfo) *pa.HostApiInfo {
	for _, kind := range []pa.HostApiType{pa.WASAPI, pa.DirectSound} {
		if i := slices.IndexFunc(apis, func(a *pa.HostApiInfo) bool { return a.Type == kind && len(a.Devices) > 0 }); i >= 0 {
			return apis[i]
		}
	}
	return nil
}

// open opens a callback stream: a blocking one cannot be given up when the device hangs.
func (l *library) open(p params) (stream, error) {
	if p.device.Index < 0 || p.device.Index >= len(l.listed) {
		return nil, errors.New("no such device")
	}
	d := l.listed[p.device.Index]
	sp := pa.StreamParameters{SampleRate: float64(p.rate), FramesPerBuffer: p.rate / callsPerSecond}
	var callback any
	if p.record != nil {
		sp.Input = pa.StreamDeviceParameters{Device: d, Channels: p.channels, Latency: max(buffer, d.DefaultHighInputLatency)}
		callback = func(in []float32, _ pa.StreamCallbackTimeInfo, flags pa.StreamCallbackFlags) {
			p.record(in, flags&(pa.InputUnderflow|pa.InputOverflow) != 0)
		}
	} else {
		sp.Output = pa.StreamDeviceParameters{Device: d, Channels: p.channels, Latency: max(buffer, d.DefaultHighOutputLatency)}
		callback = func(out []float32, _ pa.StreamCallbackTimeInfo, flags pa.StreamCallbackFlags) {
			p.play(out, flags&(pa.OutputUnderflow|pa.OutputOverflow) != 0)
		}
	}
	s, err := pa.OpenStream(sp, callback)
	if err != nil {
		return nil, plain(err)
	}
	return opened{s}, nil
}

// opened is one PortAudio stream.
type opened struct{ s *pa.Stream }

func (o opened) start() error { return plain(o.s.Start()) }

// close never calls Stop, which waits for ever on a device that hangs.
func (o opened) close() {
	_ = o.s.Abort()
	_ = o.s.Close()
}

// plain turns PortAudio's host errors into text: their own method for it can panic or say nothing.
func plain(err error) error {
	var host pa.UnanticipatedHostError
	if errors.As(err, &host) {
		return fmt.Errorf("host error %d of interface type %d: %q", host.Code, int64(host.HostApiType), host.Text)
	}
	return err
}
