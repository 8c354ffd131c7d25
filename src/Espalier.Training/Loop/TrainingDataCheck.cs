using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Whether a model can be trained, and on such data.</summary>
internal static class TrainingDataCheck
{
    /// <summary>The model, with the data's class names where it had no labels.</summary>
    /// <exception cref="EspalierException">They do not go together; the message says in what.</exception>
    internal static Model Require(Model model, DataLoader data)
    {
        Graph graph = model.Graph;
        Shape input = graph.ShapeOf(graph.Input.Name);
        Shape output = graph.ShapeOf(graph.Outputs[0]);
        if (input != data.Pipeline.Shape)
        {
            throw new EspalierException($"the network takes {input}, but the data's images are {data.Pipeline.Shape} once prepared");
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

    /// <summary>The outputs that the data's numbers of classes stand for: batches carry those numbers, so they must be the outputs' own.</summary>
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
            : throw new ClassMismatchException($"the data's classes are the model's in another order, or some of them: load what {nameof(OutputClasses)}.{nameof(OutputClasses.Match)} makes of the data");
    }

    // Later it would look like a training that diverged.
    private static void RequireFinite(Model model)
    {
        foreach ((string name, Parameter parameter) in model.Parameters)
        {
            ReadOnlySpan<float> numbers = parameter.Effective.To(ElementType.Float32).Read<float>();
            if (NonFinite.IndexOf(numbers) is int at and >= 0)
            {
                throw new EspalierException(FormattableString.Invariant($"'{name}' holds {numbers[at]}: there is nothing to learn from such a network"));
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
                    ? $"{data.NameOf(i)}: its class is not known"
                    : $"{data.NameOf(i)} is of class {label}, but the network has {classes} outputs, 0 to {classes - 1}");
            }
        }
    }
}
