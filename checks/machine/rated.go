package machine

import "github.com/klauspost/cpuid/v2"

// ratedClock is what the processor itself says of its clock: on x86 alone, and
// there not everywhere.
func ratedClock() frequency {
	return frequency{base: float64(cpuid.CPU.Hz), max: float64(cpuid.CPU.BoostFreq)}
}

// hypervisor is the name that a hypervisor tells the processor's guests, on x86;
// empty where there is none.
func hypervisor() string { return cpuid.CPU.HypervisorVendorString }
