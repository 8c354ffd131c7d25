using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Prepares single rows of batches: reads, augments and normalizes a sample, and handles samples that cannot be read.</summary>
internal sealed class BatchMaker(IDataset dataset, InputPipeline pipeline, DataLoaderOptions options)
{
    /// <summary>Number of consecutive unreadable samples after which reading stops, because the cause is then the data set rather than a few damaged files.</summary>
    private const int MostReplacements = 100;

    private readonly CounterRandom _augmentation = new CounterRandom(options.Seed).Stream("augmentation");

    /// <summary>Prepares one row.</summary>
    /// <param name="slot">The batch.</param>
    /// <param name="row">The row of the batch.</param>
    /// <param name="index">The sample's index in the data set.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="pixels">This thread's buffer.</param>
    internal void Make(BatchSlot slot, int row, int index, int epoch, PixelBuffer pixels)
    {
        CounterRandom random = _augmentation.Stream((ulong)epoch).Stream((ulong)index);
        int attempts = options.Unreadable == UnreadableSamples.Replace ? Math.Min(MostReplacements, dataset.Count) : 1;
        string first = "";
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            int sample = (int)(((long)index + attempt) % dataset.Count);
            if (TryMake(slot, row, sample, random, pixels) is not SampleFailure failure)
            {
                return;
            }

            first = attempt == 0 ? failure.ToString() : first;
        }

        if (options.Unreadable == UnreadableSamples.Skip)
        {
            slot.Skip(row);
        }
        else if (options.Unreadable == UnreadableSamples.Replace)
        {
            slot.Fail(row, new EspalierException(attempts == 1 ? first : $"{attempts} samples in a row could not be read; the first: {first}"));
        }
    }

    private SampleFailure? TryMake(BatchSlot slot, int row, int sample, CounterRandom random, PixelBuffer pixels)
    {
        try
        {
            dataset.Read(sample, pixels);
            pipeline.Run(pixels, random, slot.Row(row));
            slot.Set(row, sample, dataset.LabelOf(sample));
            return null;
        }
        catch (Exception error) when (error is EspalierException or IOException or UnauthorizedAccessException)
        {
            var failure = new SampleFailure(sample, dataset.NameOf(sample), error.Message);
            slot.Add(failure);
            if (options.Unreadable == UnreadableSamples.Stop)
            {
                slot.Fail(row, new EspalierException(failure.ToString(), error));
            }

            return failure;
        }
#pragma warning disable CA1031 // an exception of a transform or data set is rethrown to the caller that requests the batch, with the sample's name
        catch (Exception error)
#pragma warning restore CA1031
        {
            slot.Fail(row, new InvalidOperationException($"{dataset.NameOf(sample)} could not be prepared: {error.Message}", error));
            return null;
        }
    }
}
