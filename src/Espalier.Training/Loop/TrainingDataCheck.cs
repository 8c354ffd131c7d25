using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Checks that a model can be trained on the given data.</summary>
internal static class TrainingDataCheck
{
    /// <summary>Returns the model, with the class names of the data as labels if it had none.</summary>
    /// <exception cref="EspalierException">Model and data do not fit; the message says why.</exception>
    internal static Model Require(Model model, DataLoader data)
    {
        Graph graph = model.Graph;
        Shape input = graph.ShapeOf(graph.Input.Name);
        Shape output = graph.ShapeOf(graph.Outputs[0]);
        if (input != data.Pipeline.Shape)
        {
            throw new EspalierException($"the network's input is {input}, but the preprocessed images of the data are {data.Pipeline.Shape}");
        }

        if (graph[graph.Outputs[0]].Op is Softmax)
        {
            throw new EspalierException("the network ends with a softmax; training needs the logits before it");
        }

        OutputClasses outputs = Matched(model, data.Dataset);
        RequireLabels(data.Dataset, output[0]);
        RequireFinite(model);
        return outputs.Labels.Count == model.Metadata.Labels.Count ? model : model.With(model.Metadata with { Labels = ValueList.From(outputs.Labels) });
    }

    /// <summary>Checks that the loader reads the parts of each batch that the options say, and that all parts make the same passes.</summary>
    /// <exception cref="EspalierException">It does not; the message says what is expected.</exception>
    internal static void RequireShare(DataLoader data, TrainingOptions options)
    {
        BatchShare expected = options.Parallel?.Share ?? BatchShare.Whole;
        if (data.Options.Share != expected)
        {
            throw new EspalierException($"the loader reads {data.Options.Share}; training in {expected.Parts} parts needs {expected} ({nameof(DataLoaderOptions)}.{nameof(DataLoaderOptions.Share)})");
        }

        if (options.Mixing.IsOn && expected.Parts > 1 && data.SmallestBatch < 2 * expected.Parts)
        {
            throw new EspalierException($"mixup and CutMix mix the images of a part with each other: a batch of {data.SmallestBatch} images in {expected.Parts} parts leaves fewer than two for one of them");
        }

        bool isEven = data.Options.BatchSize % (expected.Parts * options.Accumulation) == 0 && data.SmallestBatch == data.Options.BatchSize;
        if (options is { Parallel: { SynchronizeNorms: true, AllParts: > 1 }, Accumulation: > 1 } && (!isEven || data.Options.Unreadable == UnreadableSamples.Skip))
        {
            throw new EspalierException(
                $"synchronized norms with {options.Accumulation} accumulated passes need batches of a multiple of {expected.Parts * options.Accumulation} images, without a smaller last one and without images left out");
        }
    }

    /// <summary>Matches the classes of the data to the outputs. The class indices of the batches must be those of the outputs.</summary>
    private static OutputClasses Matched(Model model, IDataset data)
    {
        OutputClasses outputs = OutputClasses.Of(model);
        if (data is MatchedDataset matched)
        {
            matched.Require(model);
            return matched.Outputs;
        }

        if (data.Labels.Count == 0)
        {
            return outputs;
        }

        ClassMatch match = outputs.Match(data.Labels);
        return match.IsIdentity
            ? match.Outputs
            : throw new ClassMismatchException($"the data has the model's classes in another order, or only some of them: use the data set that {nameof(OutputClasses)}.{nameof(OutputClasses.Match)} returns");
    }

    // Without this check it would be reported as divergence later.
    private static void RequireFinite(Model model)
    {
        foreach ((string name, Parameter parameter) in model.Parameters)
        {
            ReadOnlySpan<float> numbers = parameter.Effective.To(ElementType.Float32).Read<float>();
            if (NonFinite.IndexOf(numbers) is int at and >= 0)
            {
                throw new EspalierException(FormattableString.Invariant($"'{name}' contains {numbers[at]}; expected finite values, since training cannot start from others"));
            }
        }
    }

    private static void RequireLabels(IDataset data, int classes)
    {
        for (int i = 0; i < data.Count; i++)
        {
            int label = data.LabelOf(i);
            if (label < 0 || label >= classes)
            {
                throw new EspalierException(label < 0
                    ? $"{data.NameOf(i)}: the sample has no label"
                    : $"{data.NameOf(i)} is of class {label}, but the network has {classes} outputs, 0 to {classes - 1}");
            }
        }
    }
}
