using System.Globalization;
using System.Runtime.InteropServices;
using Espalier.Data;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The batches of a data set, of which each process reads and computes some, in turn.</summary>
/// <param name="images">The images.</param>
/// <param name="loading">The options of the data loader.</param>
/// <param name="work">The processes.</param>
internal sealed class SharedBatches(IDataset images, DataLoaderOptions loading, SharedWork work)
{
    private readonly int[] _own = [.. Enumerable.Range(0, images.Count).Where(index => index / loading.BatchSize % work.Count == work.Rank)];

    /// <summary>The images that could not be read, of all processes: known once <see cref="Run"/> has ended, those of this process if it fails.</summary>
    internal IReadOnlyList<SampleFailure> Failures { get; private set; } = [];

    /// <summary>Reads the batches of this process, prepared by a pipeline.</summary>
    internal DataLoader? Loader(InputPipeline pipeline) => _own.Length == 0 ? null : new DataLoader(work.Count == 1 ? images : new Subset(images, _own), pipeline, loading);

    /// <summary>Computes all batches.</summary>
    /// <param name="pipeline">The preprocessing of the images.</param>
    /// <param name="compute">Computes a batch of this process: as many numbers of each image.</param>
    /// <param name="length">The numbers of an image.</param>
    /// <param name="use">Receives the indices of the images of each batch that could be read and their numbers, in the order of the images.</param>
    internal void Run(InputPipeline pipeline, int length, Func<Batch, float[]> compute, Action<int[], float[]> use)
    {
        DataLoader? loader = Loader(pipeline);
        using IEnumerator<Batch> batches = (loader?.ReadEpoch(work.Own) ?? []).GetEnumerator();
        try
        {
            bool left = batches.MoveNext();
            work.Run((images.Count + loading.BatchSize - 1) / loading.BatchSize, piece =>
            {
                if (!left || _own[batches.Current.Indices[0]] / loading.BatchSize != piece)
                {
                    return []; // none of its images could be read
                }

                int[] indices = [.. batches.Current.Indices.Select(index => _own[index])];
                byte[] result = [.. MemoryMarshal.AsBytes<int>(indices), .. MemoryMarshal.AsBytes<float>(compute(batches.Current))];
                left = batches.MoveNext();
                return result;
            }, result =>
            {
                int count = result.Length / (sizeof(int) + (length * sizeof(float)));
                use([.. MemoryMarshal.Cast<byte, int>(result.AsSpan(0, count * sizeof(int)))], [.. MemoryMarshal.Cast<byte, float>(result.AsSpan(count * sizeof(int)))]);
            });
        }
        finally
        {
            Failures = [.. (loader?.Failures ?? []).Select(failure => failure with { Index = _own[failure.Index] })];
        }

        Failures = Gathered(work, Failures);
    }

    /// <summary>Reads all batches, of which each process reads some and all get all.</summary>
    /// <param name="pipeline">The preprocessing of the images.</param>
    /// <param name="read">Receives the number of images of each batch; or <see langword="null"/>.</param>
    /// <returns>The inputs of each batch in which an image could be read, and the indices of its images.</returns>
    internal (IReadOnlyList<Tensor> Inputs, int[][] Indices) Read(InputPipeline pipeline, Action<int>? read = null)
    {
        (List<Tensor> inputs, List<int[]> places) = ([], []);
        Run(pipeline, checked((int)pipeline.Shape.Count), batch => batch.Images.Read<float>().ToArray(), (indices, values) =>
        {
            if (indices.Length > 0)
            {
                inputs.Add(Tensor.From<float>(pipeline.Shape.Prepend(indices.Length), values));
                places.Add(indices);
                read?.Invoke(indices.Length);
            }
        });
        return (inputs, [.. places]);
    }

    /// <summary>The images that could not be read in all processes, each of which knows its own, in their order.</summary>
    internal static IReadOnlyList<SampleFailure> Gathered(SharedWork work, IReadOnlyList<SampleFailure> own) => work.Processes is not { } processes ? own :
    [
        .. from text in processes.Texts(string.Join('\u001e', own.Select(failure => string.Create(CultureInfo.InvariantCulture, $"{failure.Index}\u001f{failure.Name}\u001f{failure.Reason}"))))
           where text.Length > 0
           from failure in text.Split('\u001e')
           let words = failure.Split('\u001f')
           let index = int.Parse(words[0], CultureInfo.InvariantCulture)
           orderby index
           select new SampleFailure(index, words[1], words[2]),
    ];
}
