// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAlgebraMintCallback} from "@cryptoalgebra/v1-core/contracts/interfaces/callback/IAlgebraMintCallback.sol";
import {IAlgebraSwapCallback} from "@cryptoalgebra/v1-core/contracts/interfaces/callback/IAlgebraSwapCallback.sol";
import {IAlgebraPoolActions} from "@cryptoalgebra/v1-core/contracts/interfaces/pool/IAlgebraPoolActions.sol";

/// Of the factory, whose own interface does not compile with this version.
interface IPoolByPair {
    function poolByPair(address tokenA, address tokenB) external view returns (address);
}

/// Swaps in and adds liquidity to Algebra pools: what their published core leaves to a periphery. A pool calls back to
/// be paid; the tokens then come straight from the caller, who has approved this contract.
contract AlgebraRouter is IAlgebraMintCallback, IAlgebraSwapCallback {
    IPoolByPair private immutable factory;

    uint160 private constant MIN_SQRT_PRICE = 4295128739 + 1;
    uint160 private constant MAX_SQRT_PRICE = 1461446703485210103287273052203988822378723970342 - 1;

    constructor(IPoolByPair factory_) {
        factory = factory_;
    }

    function exactInput(address tokenIn, address tokenOut, uint256 amountIn, uint256 amountOutMinimum) external {
        (, uint256 amountOut) = swap(tokenIn, tokenOut, int256(amountIn));
        require(amountOut >= amountOutMinimum, "Too little received");
    }

    function exactOutput(address tokenIn, address tokenOut, uint256 amountOut, uint256 amountInMaximum) external {
        (uint256 amountIn, ) = swap(tokenIn, tokenOut, -int256(amountOut));
        require(amountIn <= amountInMaximum, "Too much requested");
    }

    /// The caller owns the position, and takes it out at the pool itself (burn, collect).
    function mint(address tokenA, address tokenB, int24 bottomTick, int24 topTick, uint128 liquidity) external {
        poolOf(tokenA, tokenB).mint(msg.sender, msg.sender, bottomTick, topTick, liquidity, payment(tokenA, tokenB));
    }

    function algebraSwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external override {
        pay(amount0Delta > 0 ? uint256(amount0Delta) : 0, amount1Delta > 0 ? uint256(amount1Delta) : 0, data);
    }

    function algebraMintCallback(uint256 amount0Owed, uint256 amount1Owed, bytes calldata data) external override {
        pay(amount0Owed, amount1Owed, data);
    }

    /// `amount` > 0 is exact input, < 0 exact output.
    function swap(address tokenIn, address tokenOut, int256 amount) private returns (uint256, uint256) {
        bool zeroToOne = tokenIn < tokenOut;
        (int256 amount0, int256 amount1) = poolOf(tokenIn, tokenOut).swap(
            msg.sender,
            zeroToOne,
            amount,
            zeroToOne ? MIN_SQRT_PRICE : MAX_SQRT_PRICE,
            payment(tokenIn, tokenOut)
        );
        return zeroToOne ? (uint256(amount0), uint256(-amount1)) : (uint256(amount1), uint256(-amount0));
    }

    function payment(address tokenA, address tokenB) private view returns (bytes memory) {
        return tokenA < tokenB ? abi.encode(msg.sender, tokenA, tokenB) : abi.encode(msg.sender, tokenB, tokenA);
    }

    function poolOf(address tokenA, address tokenB) private view returns (IAlgebraPoolActions) {
        return IAlgebraPoolActions(factory.poolByPair(tokenA, tokenB));
    }

    function pay(uint256 amount0, uint256 amount1, bytes calldata data) private {
        (address payer, address token0, address token1) = abi.decode(data, (address, address, address));
        require(msg.sender == address(poolOf(token0, token1)), "Not a pool of the factory");
        if (amount0 > 0) require(IERC20(token0).transferFrom(payer, msg.sender, amount0));
        if (amount1 > 0) require(IERC20(token1).transferFrom(payer, msg.sender, amount1));
    }
}
