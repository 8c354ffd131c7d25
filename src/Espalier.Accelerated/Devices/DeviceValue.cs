using Espalier.Execution;

namespace Espalier.Accelerated;

/// <summary>A value of a network in a device's memory: its position there and its length, both for one sample.</summary>
/// <param name="Name">The node whose output it is.</param>
/// <param name="Length">Numbers of one sample.</param>
internal sealed record DeviceValue(string Name, int Length) : PlacedValue
{
    /// <inheritdoc/>
    internal override long Bytes => (long)Length * sizeof(float);
}
