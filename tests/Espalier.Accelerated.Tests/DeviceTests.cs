using Espalier.Tensors;

namespace Espalier.Accelerated.Tests;

/// <summary>Which devices there are, and what happens where something is missing.</summary>
public sealed class DeviceTests(Emulated emulated) : IClassFixture<Emulated>
{
    [Fact]
    public void Devices_have_names_and_memory_and_are_never_emulated() => Assert.All(AcceleratorDevice.All, device =>
    {
        Assert.NotEmpty(device.Name);
        Assert.True(device.MemoryBytes > 0);
        Assert.NotEqual(AcceleratorKind.Emulated, device.Kind);
    });

    [Fact]
    public void Without_a_device_the_error_says_so()
    {
        Assert.SkipUnless(AcceleratorDevice.All.IsEmpty, "there is a device");
        var error = Assert.Throws<EspalierException>(() => new AcceleratedRuntime());
        Assert.Contains("no accelerator", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_there_is_not_is_an_error_that_says_how_much_was_wanted()
    {
        var error = Assert.Throws<EspalierException>(() => emulated.Device.Allocate<float>(1L << 46));
        Assert.Contains($"has no {1L << 28} MiB left", error.Message, StringComparison.Ordinal);
    }
}
