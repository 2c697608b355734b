package machine

import (
	"context"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// processorKey is where Windows keeps what it found of the first processor.
const processorKey = `HARDWARE\DESCRIPTION\System\CentralProcessor\0`

// machineValue reads a text of the registry's part about this computer.
func machineValue(key, name string) (string, error) {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, key, registry.QUERY_VALUE)
	if err != nil {
		return "", err
	}
	defer k.Close()
	text, _, err := k.GetStringValue(name)
	return text, err
}

// model is the processor's name, from the registry: the library's way through WMI is slow and fails where WMI does.
func model(context.Context) (string, error) { return machineValue(processorKey, "ProcessorNameString") }

// clockRates is what the processor says, or else what Windows measured when it started.
func clockRates(context.Context) (frequency, error) {
	f := ratedClock()
	if f.base > 0 {
		return f, nil
	}
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, processorKey, registry.QUERY_VALUE)
	if err != nil {
		return f, err
	}
	defer k.Close()
	mhz, _, err := k.GetIntegerValue("~MHz")
	f.base = float64(mhz) * 1e6
	return f, err
}

// usable: which processors this program may run on is not asked here.
func usable() func(string) bool { return nil }

// thisRelease is Windows by its build number, as the maker's table of support goes.
func thisRelease(context.Context) (release, error) {
	const key = `SOFTWARE\Microsoft\Windows NT\CurrentVersion`
	build, err := machineValue(key, "CurrentBuildNumber")
	if err != nil {
		return release{}, err
	}
	edition, err := machineValue(key, "EditionID")
	if err != nil {
		return release{}, err
	}
	return release{id: runtime.GOOS, version: build, edition: windowsEdition(edition)}, nil
}

// guest looks for the names that hypervisors give to the computers that they
// pretend. The processor's own word is no help: Windows runs under a hypervisor of its own.
func guest(context.Context) (string, error) {
	const key = `HARDWARE\DESCRIPTION\System\BIOS`
	maker, err := machineValue(key, "SystemManufacturer")
	if err != nil {
		return "", err
	}
	product, err := machineValue(key, "SystemProductName")
	if err != nil {
		return "", err
	}
	return virtualProduct(maker + " " + product), nil
}

// Numbers of GetSystemMetrics.
const (
	screenWidth   = 0
	screenHeight  = 1
	remoteSession = 0x1000
)

func systemMetric(number uintptr) int {
	v, _, _ := windows.NewLazySystemDLL("user32.dll").NewProc("GetSystemMetrics").Call(number)
	return int(v)
}

// remote is whether this is a session of Remote Desktop.
func remote(context.Context) (bool, error) { return systemMetric(remoteSession) != 0, nil }

// screen is the size of the main screen, in the pixels that Windows shows this program.
func screen(context.Context) (width, height int, err error) {
	return systemMetric(screenWidth), systemMetric(screenHeight), nil
}

// powerStatus is SYSTEM_POWER_STATUS.
type powerStatus struct {
	acLine, batteryFlag, batteryPercent, saver byte
	lifeTime, fullLifeTime                     uint32
}

func power() (s powerStatus, err error) {
	ok, _, err := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetSystemPowerStatus").Call(uintptr(unsafe.Pointer(&s)))
	if ok == 0 {
		return s, err
	}
	return s, nil
}

// onBattery is whether the computer runs on its own battery.
func onBattery(context.Context) (bool, error) {
	s, err := power()
	if err != nil {
		return false, err
	}
	if s.acLine > 1 {
		return false, errNone
	}
	return s.acLine == 0, nil
}

// savesEnergy is whether energy saver is on.
func savesEnergy(context.Context) (bool, error) {
	s, err := power()
	return s.saver == 1, err
}

// memoryPressure asks for the state of low memory that Windows itself announces.
func memoryPressure(context.Context) (p pressure, err error) {
	const low = 0 // LowMemoryResourceNotification
	kernel := windows.NewLazySystemDLL("kernel32.dll")
	h, _, err := kernel.NewProc("CreateMemoryResourceNotification").Call(low)
	if h == 0 {
		return p, err
	}
	defer windows.CloseHandle(windows.Handle(h))
	var is int32
	if ok, _, err := kernel.NewProc("QueryMemoryResourceNotification").Call(h, uintptr(unsafe.Pointer(&is))); ok == 0 {
		return p, err
	}
	if p.level = calm; is != 0 {
		p.level = short
	}
	return p, nil
}

// slept is the difference of the clock that counts sleep to the one that does not.
func slept() time.Duration {
	const hundredNanoseconds = 100
	base := windows.NewLazySystemDLL("kernelbase.dll")
	with, without := base.NewProc("QueryInterruptTime"), base.NewProc("QueryUnbiasedInterruptTime")
	if with.Find() != nil || without.Find() != nil {
		return 0
	}
	var a, b uint64
	_, _, _ = without.Call(uintptr(unsafe.Pointer(&b)))
	_, _, _ = with.Call(uintptr(unsafe.Pointer(&a)))
	return time.Duration(a-b) * hundredNanoseconds
}
