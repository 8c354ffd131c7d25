using System.Collections.Concurrent;
using Espalier.Data;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Memory for single photographs, used again from call to call: as many slots as there are callers at one time.</summary>
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

        /// <summary>Makes the input of RGB pixels.</summary>
        internal void Prepare(ReadOnlySpan<byte> rgb, int width, int height)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
            Int128 bytes = (Int128)width * height * Image.Channels;
            if (rgb.Length != bytes)
            {
                throw new ArgumentException($"{width}x{height} RGB pixels take {bytes} bytes, but {rgb.Length} were given.", nameof(rgb));
            }

            rgb.CopyTo(_pixels.Reset(width, height));
            pipeline.Run(_pixels, new CounterRandom(0), Input);
        }
    }
}
