using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A parameter during pruning, with its units, their scores and whether they are left.</summary>
internal sealed class PrunableParameter
{
    private readonly float[] _mask;
    private readonly UnitGrid _grid;

    internal PrunableParameter(string name, Parameter parameter, WeightPruning request, Func<string, Tensor>? gradients)
    {
        (Name, Parameter) = (name, parameter);
        _grid = new UnitGrid(name, parameter.Value.Shape, request.Pattern);
        _mask = new float[parameter.Value.Shape.Count];
        if (parameter.Mask is null)
        {
            Array.Fill(_mask, 1);
        }
        else
        {
            parameter.Mask.To(ElementType.Float32).Read<float>().CopyTo(_mask);
        }

        IsLeft = new bool[_grid.Count];
        for (int i = 0; i < _mask.Length; i++)
        {
            IsLeft[_grid.UnitOf(i)] |= _mask[i] != 0;
        }

        Left = IsLeft.Count(left => left);
        UnitGrid scored = request.Pattern == WeightPattern.TwoOfFour ? new UnitGrid(name, parameter.Value.Shape, WeightPattern.Element) : _grid;
        Scores = new float[scored.Count];
        request.Criterion.Score(new WeightUnits(name, parameter, scored, request, gradients), Scores);
    }

    internal string Name { get; }

    internal Parameter Parameter { get; }

    internal int Units => _grid.Count;

    internal bool[] IsLeft { get; }

    internal int Left { get; }

    /// <summary>The score of each unit; for the pattern 2:4 of each weight.</summary>
    internal float[] Scores { get; }

    /// <summary>The parameter with the removed units masked.</summary>
    internal Parameter Pruned()
    {
        float[] mask = new float[_mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = IsLeft[_grid.UnitOf(i)] ? _mask[i] : 0;
        }

        return Masked(mask);
    }

    /// <summary>The parameter with half of each unit's weights masked, rounded down: those with the lowest scores.</summary>
    internal Parameter Halved()
    {
        var groups = new int[_grid.Count][];
        int[] filled = new int[_grid.Count];
        for (int i = 0; i < _mask.Length; i++)
        {
            int unit = _grid.UnitOf(i);
            groups[unit] ??= new int[WeightPattern.Extent];
            groups[unit][filled[unit]++] = i;
        }

        for (int unit = 0; unit < groups.Length; unit++)
        {
            Span<int> members = groups[unit].AsSpan(0, filled[unit]);
            members.Sort((a, b) => Rank(a).CompareTo(Rank(b)));
            foreach (int member in members[..(members.Length / 2)])
            {
                _mask[member] = 0;
            }
        }

        return Masked(_mask);
    }

    private (bool IsKept, float Score, int Index) Rank(int element) => (_mask[element] != 0, UnitRanking.Finite(Scores[element]), element);

    private Parameter Masked(float[] mask) => Parameter with { Mask = Tensor.From<float>(Parameter.Value.Shape, mask) };
}
