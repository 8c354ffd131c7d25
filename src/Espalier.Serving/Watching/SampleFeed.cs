using System.Diagnostics;
using Espalier.Imaging;

namespace Espalier.Serving;

/// <summary>The first training images of the current epoch, for pages that watch a training: made when a page asks for them, once for an epoch and not more often than every five seconds.</summary>
/// <param name="read">Makes the images of an epoch, counted from 0; called by one thread at a time, which is not that of the training.</param>
internal sealed class SampleFeed(Func<int, IReadOnlyList<AugmentedSample>> read)
{
    /// <summary>How many images a page shows.</summary>
    internal const int Images = 12;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task<ReadOnlyMemory<byte>>? _answer;
    private int _epoch;
    private long _begun;

    /// <summary>The images as JSON.</summary>
    /// <param name="epoch">The current epoch, from 0.</param>
    /// <param name="cancellation">Cancelled when the page is closed.</param>
    /// <exception cref="ServingException">An image cannot be read.</exception>
    internal Task<ReadOnlyMemory<byte>> ReadAsync(int epoch, CancellationToken cancellation)
    {
        lock (_lock)
        {
            bool isOld = _answer is null || (_answer.IsCompleted && (epoch != _epoch || !_answer.IsCompletedSuccessfully) && Stopwatch.GetElapsedTime(_begun) >= s_interval);
            if (isOld)
            {
                (_epoch, _begun, _answer) = (epoch, Stopwatch.GetTimestamp(), Task.Run(() => Make(epoch), CancellationToken.None)); // other pages wait for the same
            }

            return _answer!.WaitAsync(cancellation);
        }
    }

    private ReadOnlyMemory<byte> Make(int epoch)
    {
        IReadOnlyList<AugmentedSample> samples = Read(epoch);
        return JsonAnswer.Of(json =>
        {
            json.WriteNumber("epoch", epoch + 1);
            json.WriteStartArray("samples");
            foreach (AugmentedSample sample in samples)
            {
                json.WriteStartObject();
                json.WriteStartArray("classes");
                foreach ((string label, double fraction) in sample.Classes)
                {
                    json.WriteStartObject();
                    json.WriteString("label", label);
                    json.Number("fraction", fraction);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteBase64String("png", PngEncoder.Encode(ImageGrid.Fit(sample.Image)));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private IReadOnlyList<AugmentedSample> Read(int epoch)
    {
        try
        {
            return read(epoch);
        }
        catch (EspalierException error)
        {
            throw new ServingException(StatusCodes.Status500InternalServerError, error.Message);
        }
    }
}
