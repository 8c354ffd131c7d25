using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Maps each element of a parameter to its unit.</summary>
internal readonly struct UnitGrid
{
    private readonly int _span; // elements between consecutive indices of the dimension
    private readonly int _extent; // extent of the dimension
    private readonly int _block; // indices of the dimension per unit
    private readonly bool _isWhole; // a unit consists of all elements with the same index

    internal UnitGrid(string name, Shape shape, WeightPattern pattern)
    {
        int dimension = pattern.Form switch
        {
            WeightPattern.Shapes.Vector => pattern.Dimension < 0 ? pattern.Dimension + shape.Rank : pattern.Dimension,
            WeightPattern.Shapes.InputBlock or WeightPattern.Shapes.TwoOfFour => 1,
            WeightPattern.Shapes.Element or WeightPattern.Shapes.OutputBlock => 0,
        };
        if (pattern.Form != WeightPattern.Shapes.Element && (shape.Rank < 2 || dimension < 0 || dimension >= shape.Rank))
        {
            throw new PruningException(name, $"a tensor of {shape} has no units of pattern {pattern}; use 'element'" + (shape.Rank < 2 ? "" : $" or dim0 to dim{shape.Rank - 1}"));
        }

        _isWhole = pattern.Form == WeightPattern.Shapes.Vector;
        _block = pattern.Form is WeightPattern.Shapes.Element or WeightPattern.Shapes.Vector ? 1 : WeightPattern.Extent;
        _span = 1;
        for (int i = dimension + 1; i < shape.Rank; i++)
        {
            _span *= shape[i];
        }

        _extent = shape.Rank == 0 ? 1 : shape[dimension];
        int blocks = (_extent + _block - 1) / _block;
        int size = checked((int)shape.Count);
        Count = _isWhole ? _extent : _extent == 0 ? 0 : size / _extent * blocks;
    }

    internal int Count { get; }

    internal int UnitOf(int element)
    {
        int index = element / _span % _extent;
        if (_isWhole)
        {
            return index;
        }

        int blocks = (_extent + _block - 1) / _block;
        return (((element / _span / _extent * blocks) + (index / _block)) * _span) + (element % _span);
    }
}
