using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>Images on their way to a device: those of the next pass are copied while it computes one.</summary>
/// <remarks>The copies go from page-locked memory, by a stream of their own. Passes alternate between two places, so one is begun when the pass before the last has ended.</remarks>
internal sealed class InputFeed : IDisposable
{
    private readonly Device _device;
    private readonly AcceleratorStream _copies;
    private readonly Place?[] _places = new Place?[2]; // the second is only needed by batches of several passes

    internal InputFeed(Device device) => (_device, _copies) = (device, device.CreateStream());

    /// <summary>Begins to copy the images of a pass. The device may still use those of the pass before it.</summary>
    internal void Begin(int pass, ReadOnlySpan<float> images)
    {
        ref Place? place = ref _places[pass % 2];
        if (place is null || place.There.Length < images.Length)
        {
            place?.Dispose();
            place = null;
            place = new Place(_device, images.Length);
        }

        images.CopyTo(place.Here.Span);
        place.There.View.SubView(0, images.Length).CopyFrom(_copies, place.Here.ArrayView.SubView(0, images.Length));
    }

    /// <summary>The images of the pass that was begun last, once they are on the device.</summary>
    internal ArrayView<float> Await(int pass)
    {
        _copies.Synchronize();
        return _places[pass % 2]!.There.View;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_places, place => place?.Dispose());
        _copies.Dispose();
    }

    private sealed class Place(Device device, int length) : IDisposable
    {
        internal MemoryBuffer1D<float, Stride1D.Dense> There { get; } = device.Allocate<float>(length);

        internal PageLockedArray1D<float> Here { get; } = device.AllocatePageLocked(length);

        public void Dispose()
        {
            There.Dispose();
            Here.Dispose();
        }
    }
}
