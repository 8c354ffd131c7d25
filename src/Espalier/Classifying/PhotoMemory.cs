using System.Collections.Concurrent;
using Espalier.Data;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Reusable memory for single images: one slot per concurrent caller.</summary>
internal sealed class PhotoMemory(InputPipeline pipeline, int classes)
{
    private readonly ConcurrentBag<Slot> _idle = [];

    internal Slot Rent() => _idle.TryTake(out Slot? slot) ? slot : new Slot(pipeline, classes);

    internal void Return(Slot slot) => _idle.Add(slot);

    /// <summary>The memory of one call.</summary>
    internal sealed class Slot(InputPipeline pipeline, int classes)
    {
        private readonly PixelBuffer _pixels = new();

        internal float[] Input { get; } = new float[pipeline.Shape.Count];

        internal float[] Logits { get; } = new float[classes];

        /// <summary>Converts RGB pixels to the network's input.</summary>
        internal void Prepare(ReadOnlySpan<byte> rgb, int width, int height)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
            Int128 bytes = (Int128)width * height * Image.Channels;
            if (rgb.Length != bytes)
            {
                throw new ArgumentException($"Found {rgb.Length} bytes; expected {bytes} for {width}x{height} RGB pixels.", nameof(rgb));
            }

            rgb.CopyTo(_pixels.Reset(width, height));
            pipeline.Run(_pixels, new CounterRandom(0), Input);
        }
    }
}
