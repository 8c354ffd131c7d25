namespace Espalier.Accelerated.Tests;

/// <summary>The emulated device of the tests.</summary>
public sealed class Emulated : IDisposable
{
    internal Device Device { get; } = AcceleratorDevice.Emulated.Open();

    public void Dispose() => Device.Dispose();
}
