using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>Named numbers in one block of a device's memory, so that all of them are copied at once.</summary>
internal sealed class DeviceBlock : IDisposable
{
    private const int Alignment = 64; // in numbers: views begin where loads of any width may

    private readonly Device _device;
    private readonly Dictionary<string, (int Start, int Length)> _places = new(StringComparer.Ordinal);
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _memory;
    private readonly int _length;
    private float[]? _staged; // while numbers are copied at once

    internal DeviceBlock(Device device, IEnumerable<(string Name, long Length)> values)
    {
        _device = device;
        int end = 0;
        foreach ((string name, long length) in values)
        {
            _places[name] = (end, checked((int)length));
            end = checked((end + (int)length + Alignment - 1) / Alignment * Alignment);
        }

        _length = end;
        _memory = device.Allocate<float>(end);
    }

    /// <summary>Bytes of the device.</summary>
    internal long Bytes => (long)_length * sizeof(float);

    /// <summary>Whether there are numbers of a name.</summary>
    internal bool Has(string name) => _places.ContainsKey(name);

    /// <summary>The numbers of a name on the device.</summary>
    internal ArrayView<float> this[string name]
    {
        get
        {
            (int start, int length) = _places[name];
            return _memory.View.SubView(start, length);
        }
    }

    /// <summary>The numbers of a name in memory of the processor: what <see cref="Upload"/> copies, and what <see cref="Download"/> has copied.</summary>
    internal Span<float> Staged(string name)
    {
        (int start, int length) = _places[name];
        return (_staged ??= new float[_length]).AsSpan(start, length);
    }

    /// <summary>Copies all numbers to the device.</summary>
    internal void Upload() => _device.Write<float>(_memory.View, _staged ??= new float[_length]);

    /// <summary>Copies all numbers from the device.</summary>
    internal void Download() => _device.Read<float>(_memory.View.SubView(0, _length), _staged ??= new float[_length]);

    /// <summary>Sets all numbers of the device to 0.</summary>
    internal void Clear() => _memory.MemSetToZero();

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
