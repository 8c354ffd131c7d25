using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>The gradients of all trainable parameters one after another, in the order in which a backward pass completes them, each followed by 1 or 0 for whether there is one, and cut into buckets.</summary>
internal sealed class GradientBuckets
{
    private const int BucketLength = 1 << 20; // 4 MB: long enough for the bandwidth of a network, short enough that the first one is ready early

    private readonly (TrainingParameter Parameter, int Start, int Bucket)[] _slots;
    private readonly Dictionary<string, int> _byName = [];

    internal GradientBuckets(IReadOnlyList<TrainingParameter> parameters)
    {
        var slots = new List<(TrainingParameter, int, int)>();
        var starts = new List<int> { 0 };
        int start = 0;
        foreach (TrainingParameter parameter in parameters.Where(parameter => parameter.Trainable).Reverse())
        {
            if (start - starts[^1] >= BucketLength)
            {
                starts.Add(start);
            }

            _byName[parameter.Name] = slots.Count;
            slots.Add((parameter, start, starts.Count - 1));
            start = checked(start + parameter.Gradient.Length + 1);
        }

        (_slots, Length, Starts) = ([.. slots], start, [.. starts]);
    }

    /// <summary>The numbers of all buckets.</summary>
    internal int Length { get; }

    /// <summary>The place of the first number of each bucket.</summary>
    internal IReadOnlyList<int> Starts { get; }

    /// <summary>The range of a bucket.</summary>
    internal Range RangeOf(int bucket) => Starts[bucket]..(bucket + 1 < Starts.Count ? Starts[bucket + 1] : Length);

    /// <summary>The number of parameters of a bucket.</summary>
    internal int ParametersOf(int bucket) => _slots.Count(slot => slot.Bucket == bucket);

    /// <summary>Copies the gradient of one parameter and returns its bucket.</summary>
    internal int Read(TrainingParameter parameter, Span<float> numbers)
    {
        (_, int start, int bucket) = _slots[_byName[parameter.Name]];
        Copy(parameter, numbers.Slice(start, parameter.Gradient.Length + 1));
        return bucket;
    }

    /// <summary>Copies the gradients of all parameters.</summary>
    internal void Read(IReadOnlyList<TrainingParameter> parameters, Span<float> numbers)
    {
        foreach (TrainingParameter parameter in parameters.Where(parameter => parameter.Trainable))
        {
            Read(parameter, numbers);
        }
    }

    /// <summary>Replaces the gradients of the parameters.</summary>
    internal void Write(ReadOnlySpan<float> numbers)
    {
        foreach ((TrainingParameter parameter, int start, _) in _slots)
        {
            numbers.Slice(start, parameter.Gradient.Length).CopyTo(parameter.Gradient.Span);
            parameter.HasGradient = numbers[start + parameter.Gradient.Length] > 0;
        }
    }

    private static void Copy(TrainingParameter parameter, Span<float> slot)
    {
        if (parameter.HasGradient)
        {
            parameter.Gradient.Span.CopyTo(slot);
        }
        else
        {
            slot.Clear();
        }

        slot[^1] = parameter.HasGradient ? 1 : 0;
    }
}
