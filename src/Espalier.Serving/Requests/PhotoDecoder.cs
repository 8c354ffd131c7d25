using System.Collections.Concurrent;
using Espalier.Data;
using Espalier.Imaging;

namespace Espalier.Serving;

/// <summary>Decodes, resizes and normalizes photos on threads of its own number, while networks run on theirs.</summary>
internal sealed class PhotoDecoder(ServingOptions options) : IDisposable
{
    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G'];
    private static readonly byte[] s_jpeg = [0xFF, 0xD8];

    private readonly SemaphoreSlim _threads = new(options.DecodeCount);
    private readonly ConcurrentBag<PixelBuffer> _pixels = []; // never more than threads
    private readonly ImageDecodingOptions _decoding = new() { Limits = Limits.Default with { ImagePixels = options.MaxPixels, ImageFileBytes = options.MaxBodyBytes } };

    /// <summary>Converts a photo to an input of a network.</summary>
    /// <param name="file">The bytes of a JPEG or PNG file.</param>
    /// <param name="pipeline">The network's preprocessing.</param>
    /// <param name="input">Takes the input.</param>
    /// <param name="cancellation">Checked until decoding begins.</param>
    /// <exception cref="ServingException">It is no JPEG or PNG file, or a damaged one, or has too many pixels.</exception>
    internal async Task DecodeAsync(ReadOnlyMemory<byte> file, InputPipeline pipeline, Memory<float> input, CancellationToken cancellation)
    {
        await _threads.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await Task.Run(() => Decode(file, pipeline, input.Span), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _threads.Release();
        }
    }

    public void Dispose() => _threads.Dispose();

    /// <summary>Decodes a photo on the calling thread.</summary>
    /// <param name="file">The bytes of a JPEG or PNG file.</param>
    /// <exception cref="ServingException">As for <see cref="DecodeAsync"/>.</exception>
    internal Image Read(ReadOnlyMemory<byte> file)
    {
        RequirePhoto(file);
        try
        {
            return ImageDecoder.Decode(file, "the photo", _decoding);
        }
        catch (EspalierException unusable)
        {
            throw ServingException.Invalid(unusable.Message);
        }
    }

    private static void RequirePhoto(ReadOnlyMemory<byte> file)
    {
        // Decoders of other formats that the process may have are not for files of strangers.
        if (!file.Span.StartsWith(s_png) && !file.Span.StartsWith(s_jpeg))
        {
            throw new ServingException(StatusCodes.Status415UnsupportedMediaType, file.IsEmpty ? "the photo is empty; expected a JPEG or PNG file" : "the photo is neither a JPEG nor a PNG file");
        }
    }

    private void Decode(ReadOnlyMemory<byte> file, InputPipeline pipeline, Span<float> input)
    {
        RequirePhoto(file);
        PixelBuffer pixels = _pixels.TryTake(out PixelBuffer? idle) ? idle : new PixelBuffer();
        try
        {
            pixels.Set(ImageDecoder.Decode(file, "the photo", _decoding));
            pipeline.Run(pixels, new CounterRandom(0), input);
        }
        catch (EspalierException unusable)
        {
            throw ServingException.Invalid(unusable.Message);
        }
        finally
        {
            _pixels.Add(pixels);
        }
    }
}
