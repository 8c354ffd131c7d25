using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Makes single rows of batches: reads, augments, normalises, and decides about samples that cannot be read.</summary>
internal sealed class BatchMaker(IDataset dataset, InputPipeline pipeline, DataLoaderOptions options)
{
    /// <summary>Samples in a row that may fail before it is the data set that is at fault, and not a few damaged files.</summary>
    private const int MostReplacements = 100;

    private readonly CounterRandom _augmentation = new CounterRandom(options.Seed).Stream("augmentation");

    /// <summary>Makes one row.</summary>
    /// <param name="slot">The batch.</param>
    /// <param name="row">Which row of it.</param>
    /// <param name="index">The sample that belongs there.</param>
    /// <param name="epoch">The pass over the data.</param>
    /// <param name="pixels">Memory of this thread.</param>
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

        if (options.Unreadable == UnreadableSamples.LeaveOut)
        {
            slot.LeaveOut(row);
        }
        else if (options.Unreadable == UnreadableSamples.Replace)
        {
            slot.Fail(row, new EspalierException($"{attempts} samples in a row could not be read; the first: {first}"));
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
#pragma warning disable CA1031 // a fault of a transform or data set belongs to whoever asked for the batch, and with the sample's name
        catch (Exception error)
#pragma warning restore CA1031
        {
            slot.Fail(row, new InvalidOperationException($"{dataset.NameOf(sample)} could not be prepared: {error.Message}", error));
            return null;
        }
    }
}
